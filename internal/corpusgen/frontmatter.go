package corpusgen

import (
	"strings"
	"text/template"
)

// frontMatter is the sample site's, key by key. {{text 2 x}} writes x as a
// scalar at that depth of nesting.
var frontMatter = template.Must(template.New("article").Funcs(template.FuncMap{"text": scalar, "lower": strings.ToLower}).Parse(`---
aliases: {{printf "/news/%s" .Slug | text 1}}
archetype: curated-content
author:
{{range .Authors}}  - {{text 2 .}}
{{end}}basePath: /news/
breadcrumbLinks:
  - /
  - /news/
  - ''
breadcrumbs:
  - Home
  - News
  - {{text 2 .Title}}
categories:
{{range .Topics}}  - {{text 2 .Name}}
{{end}}categorySlug:
{{range .Topics}}  - {{lower .Name | text 2}}
{{end}}categoryUrl:
{{range .Topics}}  - {{printf "topic/%s" .Slug | text 2}}
{{end}}categoryLabel:
{{range .Topics}}  - {{text 2 .Label}}
{{end}}contentCategories: netspective-medigy-news-curated-content
institution: null
offering: null
layOut: single
date: '{{.Published.Format "2006-01-02"}}'
description: {{text 1 .Description}}
favIconImage: null
featuredImage:
  alt: {{text 2 .Title}}
  format: JPEG
  href: {{text 2 .ImageName}}
  size:
    - 630
    - 1200
  valid: true
  workPackage: {{.ID}}
  wpAttachment:
    fileName: Curated_Featured_Image.png
    link: /api/v3/attachments/{{.ID}}/content
featuredPdf: null
htmlMetaData:
  author: {{text 2 .Writer}}
  description: {{text 2 .MetaDescription}}
  generator: null
  viewport: {{.IfMeta "width=device-width, initial-scale=1, shrink-to-fit=no" | text 2}}
  articlemodified_time: {{text 2 .OriginalPublished}}
  articlepublished_time: {{text 2 .OriginalPublished}}
  msvalidate.01: null
  ogdescription: null
  ogimage: null
  ogsite_name: {{.IfMeta .Publisher.Name | text 2}}
  ogtitle: {{.IfMeta .Title | text 2}}
  ogtype: {{.IfMeta "article" | text 2}}
  ogupdated_time: null
  ogurl: {{.IfMeta .Path | text 2}}
  yandex-verification: null
  robots: null
  fbapp_id: null
  oglocale: {{.IfMeta "en" | text 2}}
  fbadmins: null
  articlepublisher: null
  google-site-verification: null
  keywords: null
id: {{.ID}}
identifier: News
lastMod: '{{.Updated.Format "2006-01-02T15:04:05.000000Z07:00"}}'
link:
  brand: {{text 2 .Publisher.Domain}}
  href: {{text 2 .Original}}
  original: {{text 2 .Original}}
href: {{text 1 .Original}}
original: {{text 1 .Original}}
mastHead: NEWS
mdName: {{.UUID}}.md
openGraphMetaData:
  ogdescription: null
  ogtitle: {{.IfMeta .Title | text 2}}
  ogurl: {{.IfMeta .Path | text 2}}
  ogimage: null
  ogsite_name: {{.IfMeta .Publisher.Name | text 2}}
  ogtype: {{.IfMeta "article" | text 2}}
  ogupdated_time: null
  ogimageheight: null
openProjectCustomFields:
  cleanUrl: {{text 2 .Original}}
  medigyTopics:
{{range .Topics}}    - {{text 3 .Name}}
{{end}}  sourceUrl: {{text 2 .Original}}
openProjectWorkPackageType: Curated Content
searchCategory: News
slug: {{printf "%s-%s" .Brand .Slug | text 1}}
source: open-project-curations
status: ''
sub: brief
tags:
  - News
title: {{text 1 .Title}}
via: ' '
insights_description: null
insights_name: null
viaLink: null
relatedOfferings:{{if not .Offerings}} []{{end}}
{{range .Offerings}}  - label: {{text 3 .Label}}
    permalink: {{printf "/offering/%s" .Slug | text 3}}
    categories:
{{range .Names}}      - {{text 4 .}}
{{end}}    offeringId: {{.ID}}
{{end}}twitterMetaData:
  twittercard: {{.IfMeta "summary" | text 2}}
  twitterdescription: null
  twittertitle: {{.IfMeta .Title | text 2}}
  twitterimage: null
  twitterurl: null
---
`))
