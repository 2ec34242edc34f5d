package corpus

// Presets are the fields of the sample and of sites made with other generators, by
// name. The first paths of a list are those that the generator documents, the rest what
// its wide-spread themes and plugins made usual. Where the generator has more
// than one kind of topic, the narrower one is first.
//
// Hugo's url and Jekyll's permalink give an article's whole URL, not a slug.
var Presets = map[string]Fields{
	"newsdesk": newsdesk,
	"hugo":     hugo,
	"jekyll":   jekyll,
	"astro":    astro,
	"eleventy": eleventy,
}

// newsdesk is that of the sample, whose schema is Medigy's.
var newsdesk = Fields{
	FieldUUID:         {"mdName"},
	FieldID:           {"guid", "id"},
	FieldTitle:        {"title"},
	FieldDate:         {"date"},
	FieldUpdated:      {"lastMod"},
	FieldDraft:        {"draft"},
	FieldShown:        {"published"},
	FieldExpires:      {"expiryDate"},
	FieldRedirect:     {"redirect_to"},
	FieldSlug:         {"slug"},
	FieldLanguage:     {"language", "lang"},
	FieldOriginal:     {"link.original", "link.href", "link", "original", "href", "openProjectCustomFields.cleanUrl", "openProjectCustomFields.sourceUrl"},
	FieldSourceName:   {"htmlMetaData.ogsite_name", "openGraphMetaData.ogsite_name"},
	FieldSourceDomain: {"link.brand"},
	FieldSourceFeed:   {"link.feed"},
	FieldAuthors:      {"author", "authors"},
	FieldContributors: {"htmlMetaData.author"},
	FieldTopics:       {"categories", "openProjectCustomFields.medigyTopics"},
	FieldTopicURLs:    {"categoryUrl"},
	FieldTopicLabels:  {"categoryLabel"},
	FieldSummary:      {"htmlMetaData.description", "openGraphMetaData.ogdescription", "description"},
	FieldImage:        {"featuredImage.href", "featuredImage"},
	FieldImageAlt:     {"featuredImage.alt"},
	FieldImageValid:   {"featuredImage.valid"},
	FieldOfferings:    {"relatedOfferings"},
}

// Hugo's order of dates is that of its documentation, "Configure front matter".
// It takes published for a date or a truth value, whichever it is.
var hugo = Fields{
	FieldUUID:         {"uuid", "guid"},
	FieldID:           {"guid"},
	FieldTitle:        {"title"},
	FieldDate:         {"date", "publishDate", "pubdate", "published", "lastmod", "modified"},
	FieldUpdated:      {"lastmod", "modified", "updated"},
	FieldDraft:        {"draft"},
	FieldShown:        {"published"},
	FieldExpires:      {"expiryDate", "unpublishDate", "expires"},
	FieldRedirect:     {"redirect_to", "redirectTo"},
	FieldSlug:         {"slug"},
	FieldURL:          {"url"},
	FieldLanguage:     {"lang", "language", "params.lang"},
	FieldOriginal:     {"original", "params.original", "link", "params.link", "externalUrl", "external_link"},
	FieldSourceName:   {"source", "params.source"},
	FieldAuthors:      {"author", "authors", "params.author", "params.authors"},
	FieldTopics:       {"tags", "categories", "topics", "keywords", "params.tags"},
	FieldSummary:      {"description", "summary", "params.description", "params.summary", "excerpt", "subtitle"},
	FieldImage:        {"images", "featured_image", "featuredImage", "cover.image", "cover", "image", "image.src", "thumbnail", "banner", "params.images", "params.featured_image", "params.featuredImage", "params.cover.image", "params.cover", "params.image"},
	FieldImageAlt:     {"cover.alt", "image.alt", "image_alt", "imageAlt", "featured_image_alt", "featuredImageAlt", "params.cover.alt"},
	FieldSourceDomain: {"source_domain"},
}

// Jekyll's date is mostly in the file's name; last_modified_at is that of
// jekyll-last-modified-at and jekyll-seo-tag, header that of the theme Minimal
// Mistakes.
var jekyll = Fields{
	FieldUUID:         {"uuid", "guid"},
	FieldID:           {"guid"},
	FieldTitle:        {"title"},
	FieldDate:         {"date"},
	FieldUpdated:      {"last_modified_at", "modified_date", "lastmod", "updated", "modified"},
	FieldDraft:        {"draft"},
	FieldShown:        {"published"},
	FieldExpires:      {"expiryDate", "unpublishDate", "expires"},
	FieldRedirect:     {"redirect_to", "redirectTo"},
	FieldSlug:         {"slug"},
	FieldURL:          {"permalink"},
	FieldLanguage:     {"lang", "locale", "language"},
	FieldOriginal:     {"original", "link", "external_url", "external-url", "source_url"},
	FieldSourceName:   {"source"},
	FieldAuthors:      {"author", "authors"},
	FieldTopics:       {"tags", "tag", "categories", "category"},
	FieldSummary:      {"description", "excerpt", "summary", "subtitle"},
	FieldImage:        {"image.path", "image.url", "image.src", "image.feature", "image", "header.image", "header.overlay_image", "header.teaser", "header.og_image", "cover", "thumbnail", "feature-img", "featured-img", "img", "teaser"},
	FieldImageAlt:     {"image.alt", "image_alt", "header.image_description", "header.alt", "img_alt"},
	FieldSourceDomain: {"source_domain"},
}

// Astro fixes no names: these are the ones of its blog template and tutorial
// (pubDate, updatedDate, heroImage, image.url) and of the themes AstroPaper,
// AstroWind, Fuwari and Starlight Blog.
var astro = Fields{
	FieldUUID:         {"uuid", "guid"},
	FieldID:           {"guid"},
	FieldTitle:        {"title"},
	FieldDate:         {"pubDate", "pubDatetime", "publishDate", "published", "publishedAt", "publishedDate", "datePublished", "date", "createdAt"},
	FieldUpdated:      {"updatedDate", "modDatetime", "updateDate", "updated", "updatedAt", "lastUpdated", "modified", "lastmod"},
	FieldDraft:        {"draft"},
	FieldShown:        {"published", "publish"},
	FieldSlug:         {"slug"},
	FieldLanguage:     {"lang", "language", "locale"},
	FieldOriginal:     {"original", "link", "externalUrl", "sourceUrl"},
	FieldSourceName:   {"source"},
	FieldAuthors:      {"author", "authors"},
	FieldTopics:       {"tags", "categories", "category", "topics"},
	FieldSummary:      {"description", "excerpt", "summary"},
	FieldImage:        {"heroImage.src", "heroImage", "image.url", "image.src", "image", "cover.image", "coverImage", "cover", "ogImage", "thumbnail", "banner"},
	FieldImageAlt:     {"heroImageAlt", "heroImage.alt", "image.alt", "imageAlt", "cover.alt", "coverAlt"},
	FieldSourceDomain: {"sourceDomain"},
}

// Eleventy fixes date, tags and permalink; the others are those of its base blog
// and of widely used starters.
var eleventy = Fields{
	FieldUUID:         {"uuid", "guid"},
	FieldID:           {"guid"},
	FieldTitle:        {"title"},
	FieldDate:         {"date", "pubDate", "published", "datePublished"},
	FieldUpdated:      {"updated", "updatedDate", "lastmod", "modified", "dateModified"},
	FieldDraft:        {"draft"},
	FieldShown:        {"published"},
	FieldSlug:         {"slug"},
	FieldURL:          {"permalink"},
	FieldLanguage:     {"lang", "language", "locale"},
	FieldOriginal:     {"original", "link", "externalUrl", "external_url"},
	FieldSourceName:   {"source"},
	FieldAuthors:      {"author", "authors"},
	FieldTopics:       {"tags", "categories", "category", "topics"},
	FieldSummary:      {"description", "excerpt", "summary", "subtitle"},
	FieldImage:        {"image.src", "image.url", "image", "hero.image", "hero.src", "hero", "heroImage", "featuredImage", "featured_image", "cover", "coverImage", "thumbnail", "socialImage"},
	FieldImageAlt:     {"image.alt", "imageAlt", "image_alt", "alt", "hero.alt", "heroAlt", "coverAlt"},
	FieldSourceDomain: {"source_domain"},
}
