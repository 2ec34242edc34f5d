// Package editionfile reads and writes what editors decide about an edition:
// content/editions/<digest>/<period>.yaml, a file for people.
//
//	subject: Clinics share their nights
//	intro: |
//	  A quiet week, but for *one* thing.
//	lead: 2021/clinics.md
//	exclude:
//	  - 2021/advert.md # paid
//	articles:
//	  2021/epic.md:
//	    title: Epic opens its API
//
// Parse tells all faults at once, with their lines. Update changes only the
// lines of what has changed: comments, order and style of the rest stay, so
// the desk and a text editor can take turns at one file.
package editionfile
