// Package publish puts a folder of files where readers fetch them: into another
// folder or into a bucket of S3's kind.
//
// A run plans first and then does what is planned. The plan compares the files
// here with what is there and with the manifest, which a run leaves at the target:
// what newsdesk put there, with hashes. So a file is put only if it is another
// than there, what newsdesk did not put is neither replaced nor deleted, and what
// is no longer here is deleted.
//
// Nothing that a reader can reach points to what is not there yet: pages and
// images are put before the feeds that link to them, the feeds before the index
// pages that list them, and files are deleted last of all. See rank.
//
// A run may be killed at any moment; the next one finishes. The manifest is written
// before the first file is put, with what is about to be put marked as pending,
// and again when all files are there, before any is deleted. So there is never a
// file of newsdesk's at the target that the manifest does not know.
package publish
