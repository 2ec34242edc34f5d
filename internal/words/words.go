package words

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Words are the fixed texts in one language; the tag of a field is its name in a
// configuration. In them, {n} stands for a number, {site} for the site's title,
// {date} for a day, {name} for what a feed is of; in dates, {d} is the day, {m} the
// month's number, {M} its name, {Mon} its short name and {y} the year, and those of
// a range's first day end in 1: {d1}.
type Words struct {
	// Of the digest.
	Story         string `word:"story"`   // "1 story"
	Stories       string `word:"stories"` // "{n} stories"
	AndMore       string `word:"and_more"`
	MoreOnSite    string `word:"more_on_site"`  // of a subject; under a section
	MoreStories   string `word:"more_stories"`  // heading of the articles without a topic
	ReadOriginal  string `word:"read_original"` //
	ReadHere      string `word:"read_here"`     // the site's own page
	OnSite        string `word:"on_site"`       // the same after the original
	AlsoAt        string `word:"also_at"`       // before the other sources of a story
	Picture       string `word:"picture"`       // what a picture is that nobody described
	Offerings     string `word:"offerings"`     // heading of the panel
	Related       string `word:"related"`       // before those under a story
	Sponsored     string `word:"sponsored"`
	Reason        string `word:"reason"` // why the reader gets this
	Preferences   string `word:"preferences"`
	PreferHint    string `word:"preferences_hint"`
	Pause         string `word:"pause"`
	PauseHint     string `word:"pause_hint"`
	Unsubscribe   string `word:"unsubscribe"`
	LeaveHint     string `word:"unsubscribe_hint"`
	ViewInBrowser string `word:"view_in_browser"`
	Past          string `word:"past"`
	Feeds         string `word:"feeds"`
	Subscribe     string `word:"subscribe"`

	// Days.
	Day       string `word:"day"`        // "2 Jan", of a by-line
	DayYear   string `word:"day_year"`   // "2 Jan 2006", of a list
	Date      string `word:"date"`       // "2 January 2006"
	Month     string `word:"month"`      // "January 2006"
	SameMonth string `word:"same_month"` // ranges of days
	SameYear  string `word:"same_year"`
	Any       string `word:"any_range"`
	Months    string `word:"months"` // twelve names, divided by blanks
	Short     string `word:"short_months"`

	// Of the page to subscribe.
	SubscribeTo  string `word:"subscribe_to"`
	YourAddress  string `word:"your_address"`
	LeaveEmpty   string `word:"leave_empty"` // of a field that people don't see
	Topics       string `word:"topics"`
	Editions     string `word:"editions"` // the digests to choose from
	NoneIsAll    string `word:"none_is_all"`
	Language     string `word:"language"`
	AllLanguages string `word:"all_languages"`
	Consent      string `word:"consent"` // what who subscribes agrees to, kept as evidence
	Privacy      string `word:"privacy"`
	ConfirmHint  string `word:"confirm_hint"`
	Inbox        string `word:"inbox"`
	InboxText    string `word:"inbox_text"`

	// Of those behind links.
	OneStep        string `word:"one_step"` // of the letter, too
	ConfirmText    string `word:"confirm_text"`
	Confirm        string `word:"confirm"`
	Subscribed     string `word:"subscribed"`
	SubscribedText string `word:"subscribed_text"`
	Moved          string `word:"moved"`
	MovedText      string `word:"moved_text"`
	LeaveFrom      string `word:"unsubscribe_from"`
	LeaveText      string `word:"unsubscribe_text"`
	LeaveElse      string `word:"unsubscribe_else"`
	Left           string `word:"unsubscribed"` // of the letter, too
	LeftText       string `word:"unsubscribed_text"`
	WelcomeBack    string `word:"welcome_back"`

	// Of the preferences.
	WhatYouGet   string `word:"what_you_get"`
	Save         string `word:"save"`
	Saved        string `word:"saved"`
	NoMailUntil  string `word:"no_mail_until"`
	NoMail       string `word:"no_mail"`
	Resume       string `word:"resume"`
	Resumed      string `word:"resumed"`
	TwoWeeks     string `word:"two_weeks"` // whole, since languages count in many ways
	FourWeeks    string `word:"four_weeks"`
	TwelveWeeks  string `word:"twelve_weeks"`
	OrUntil      string `word:"or_until"` // before a field with a day
	OtherAddress string `word:"other_address"`
	NewAddress   string `word:"new_address"`
	Change       string `word:"change"`
	MoveHint     string `word:"move_hint"`
	MoveSent     string `word:"move_sent"`

	// What goes wrong on a page.
	Fails      string `word:"fails"`
	LinkFails  string `word:"link_fails"`
	LinkBroken string `word:"link_broken"`
	LinkOld    string `word:"link_old"`
	Ended      string `word:"ended"`
	EndedText  string `word:"ended_text"`
	Taken      string `word:"taken"`
	TakenText  string `word:"taken_text"`
	Later      string `word:"later"`
	LaterText  string `word:"later_text"`
	Foreign    string `word:"foreign"`
	TooMany    string `word:"too_many"`
	PressAgain string `word:"press_again"`
	BadAddress string `word:"bad_address"`
	BadName    string `word:"bad_name"`
	BadChoice  string `word:"bad_choice"`
	BadForm    string `word:"bad_form"`
	BadDay     string `word:"bad_day"`

	// Of the letters.
	ConfirmSubject string `word:"confirm_subject"`
	ConfirmLetter  string `word:"confirm_letter"`
	NotYou         string `word:"not_you"`
	LinkUntil      string `word:"link_until"`
	AddressSubject string `word:"address_subject"`
	AddressLetter  string `word:"address_letter"`
	AlreadySubject string `word:"already_subject"`
	AlreadyLetter  string `word:"already_letter"`
	AlreadyHint    string `word:"already_hint"`
	WelcomeSubject string `word:"welcome_subject"`
	WelcomeLetter  string `word:"welcome_letter"`
	MovedSubject   string `word:"moved_subject"`
	MovedLetter    string `word:"moved_letter"`
	MovedHint      string `word:"moved_hint"`

	// Of the pages about feeds, and of the feeds themselves: {name} is what one is of.
	FeedsTitle      string `word:"feeds_title"`   // of the list of all feeds
	SiteFeeds       string `word:"site_feeds"`    // leads back to it
	AllFeeds        string `word:"all_feeds"`     // the same, without the site
	FeedsOf         string `word:"feeds_of"`      // title of the OPML list
	FeedsFile       string `word:"feeds_file"`    // the same, of the link to it
	FeedsInFile     string `word:"feeds_in_file"` // the same, in a line of facts
	AllArticles     string `word:"all_articles"`
	LatestArticles  string `word:"latest_articles"`
	NoArticles      string `word:"no_articles"` // "0 articles"
	Article         string `word:"article"`     // "1 article"
	Articles        string `word:"articles"`    // "{n} articles"
	Topic           string `word:"topic"`       // "1 topic"
	TopicCount      string `word:"topic_count"` // "{n} topics"
	Newest          string `word:"newest"`      // after how many there are
	Last            string `word:"last"`        // the same, of a topic
	NothingYet      string `word:"nothing_yet"`
	InWeeks         string `word:"in_weeks"` // what a row's bars say; {articles} is how many
	Follow          string `word:"follow"`
	CopyAddress     string `word:"copy_address"`
	Copied          string `word:"copied"`
	FindTopic       string `word:"find_topic"`
	NoTopic         string `word:"no_topic"`
	Download        string `word:"download"` // of the feeds that were found
	FeedHint        string `word:"feed_hint"`
	FormatsHint     string `word:"formats_hint"`
	ThisIsFeed      string `word:"this_is_feed"` // above a feed in a browser
	OtherTopics     string `word:"other_topics"` // groups of feeds
	Selections      string `word:"selections"`
	Vocabularies    string `word:"vocabularies"`
	Sources         string `word:"sources"`
	Authors         string `word:"authors"`
	OfferingFeeds   string `word:"offering_feeds"`
	LanguageFeeds   string `word:"language_feeds"`
	From            string `word:"from"`        // titles of feeds: of a source's
	By              string `word:"by"`          // of an author's
	AboutTopic      string `word:"about_topic"` // what feeds say of themselves
	AboutVocabulary string `word:"about_vocabulary"`
	AboutLanguage   string `word:"about_language"` // {name} is its own name
	AboutSource     string `word:"about_source"`
	AboutAuthor     string `word:"about_author"`
	AboutOffering   string `word:"about_offering"`
	AboutSelection  string `word:"about_selection"`
}

// Of gives the words of a BCP 47 tag with a site's own in their place: a text's
// name words it in every language, "de.NAME" in German. A language that has no
// words here has English ones.
func Of(tag string, own map[string]string) *Words {
	tag = Primary(tag)
	w := english
	for _, l := range languages {
		if l.Tag == tag {
			w = *l.words
		}
	}
	w.each(func(key string, text *string) {
		for _, key := range []string{key, tag + "." + key} {
			if own[key] != "" {
				*text = own[key]
			}
		}
	})
	return &w
}

// For gives the words with a site's title in them.
func (w Words) For(site string) *Words {
	w.each(func(_ string, text *string) { *text = strings.ReplaceAll(*text, "{site}", site) })
	return &w
}

// each calls f with every text and its name.
func (w *Words) each(f func(key string, text *string)) {
	v := reflect.ValueOf(w).Elem()
	for i := range v.NumField() {
		f(v.Type().Field(i).Tag.Get("word"), v.Field(i).Addr().Interface().(*string))
	}
}

// all gives every text by its name.
func (w *Words) all() map[string]string {
	all := map[string]string{}
	w.each(func(key string, text *string) { all[key] = *text })
	return all
}

// names gives the names of the texts that a site can word anew, sorted.
func names() []string { return slices.Sorted(maps.Keys(english.all())) }

// Check finds texts that there are not, and months that are not twelve.
func Check(own map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if err := CheckOne(key, own[key]); err != nil {
			return err
		}
	}
	return nil
}

// CheckOne is Check of one text.
func CheckOne(key, text string) error {
	tag, name, in := strings.Cut(key, ".")
	if !in {
		tag, name = "en", key
	}
	if !speaks(tag) || tag != Primary(tag) {
		return fmt.Errorf("there are no words in %q (want one of %s)", tag, strings.Join(tags(), ", "))
	}
	if !slices.Contains(names(), name) {
		return fmt.Errorf("there is no text %q to word (want one of %s)", name, strings.Join(names(), ", "))
	}
	if n := len(strings.Fields(text)); strings.HasSuffix(name, "months") && n != 12 {
		return fmt.Errorf("%s has %d names, want 12, divided by blanks", key, n)
	}
	return nil
}

// Count gives "1 story" or "8 stories".
func (w *Words) Count(n int) string {
	if n == 1 {
		return w.Story
	}
	return Number(w.Stories, n)
}

// CountArticles gives "0 articles", "1 article" or "8 articles".
func (w *Words) CountArticles(n int) string {
	switch n {
	case 0:
		return w.NoArticles
	case 1:
		return w.Article
	}
	return Number(w.Articles, n)
}

// CountTopics gives "1 topic" or "8 topics".
func (w *Words) CountTopics(n int) string {
	if n == 1 {
		return w.Topic
	}
	return Number(w.TopicCount, n)
}

// About puts what a feed is of and the site's title into a text.
func About(pattern, name, site string) string {
	return strings.NewReplacer("{name}", name, "{site}", site).Replace(pattern)
}

// Number puts a number into a text.
func Number(pattern string, n int) string {
	return strings.ReplaceAll(pattern, "{n}", strconv.Itoa(n))
}
