package corpus

// Fields says where each of newsdesk's fields stands in a front matter: an
// ordered list of dotted paths for each, of which the first that says
// something counts. Keys match without case.
type Fields map[Field][]string

// Field is one of newsdesk's own fields.
type Field string

// The fields that a front matter can give.
const (
	FieldUUID         Field = "uuid"         // a UUID, alone or as a file name's stem
	FieldID           Field = "id"           // any other stable ID
	FieldTitle        Field = "title"        //
	FieldDate         Field = "date"         // published
	FieldUpdated      Field = "updated"      //
	FieldDraft        Field = "draft"        // true: left out
	FieldShown        Field = "shown"        // false: left out (Jekyll's published)
	FieldExpires      Field = "expires"      // past: left out, if the options say so
	FieldRedirect     Field = "redirect"     // says something: left out, the page only leads elsewhere
	FieldSlug         Field = "slug"         // last part of the own page's URL
	FieldURL          Field = "url"          // the own page's whole URL
	FieldLanguage     Field = "language"     // BCP 47
	FieldOriginal     Field = "original"     // URL of the curated article
	FieldSourceName   Field = "sourceName"   // publisher of the original
	FieldSourceDomain Field = "sourceDomain" //
	FieldSourceFeed   Field = "sourceFeed"   // URL of the publisher's own feed
	FieldAuthors      Field = "authors"      // curators
	FieldContributors Field = "contributors" // writers of the original
	FieldTopics       Field = "topics"       // names
	FieldTopicURLs    Field = "topicURLs"    // parallel to topics
	FieldTopicLabels  Field = "topicLabels"  // parallel to topics
	FieldSummary      Field = "summary"      //
	FieldImage        Field = "image"        // file name or URL
	FieldImageAlt     Field = "imageAlt"     //
	FieldImageValid   Field = "imageValid"   // false: no image
	FieldOfferings    Field = "offerings"    // list of mappings with label, permalink, categories, offeringId
)

// AllFields lists the fields there are.
func AllFields() []Field {
	return []Field{
		FieldUUID, FieldID, FieldTitle, FieldDate, FieldUpdated, FieldDraft, FieldShown, FieldExpires, FieldRedirect, FieldSlug,
		FieldURL, FieldLanguage, FieldOriginal, FieldSourceName, FieldSourceDomain, FieldSourceFeed, FieldAuthors,
		FieldContributors, FieldTopics, FieldTopicURLs, FieldTopicLabels, FieldSummary, FieldImage, FieldImageAlt,
		FieldImageValid, FieldOfferings,
	}
}
