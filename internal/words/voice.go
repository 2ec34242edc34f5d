package words

// Voice is how a site speaks in one language.
type Voice struct {
	Language string // BCP 47
	Dir      string // ltr or rtl
	Words    *Words // with the site's title in them
}

// Voices is how a site speaks.
type Voices struct {
	first *Voice
	all   map[string]*Voice // by primary subtag
}

// NewVoices makes those of a site: its title, the language that it speaks to who
// asked for none, and its own texts (see Of).
func NewVoices(title, language string, own map[string]string) *Voices {
	v := &Voices{all: map[string]*Voice{}}
	make := func(tag string) *Voice { return &Voice{tag, Direction(tag), Of(tag, own).For(title)} }
	for _, l := range languages {
		v.all[l.Tag] = make(l.Tag)
	}
	if !speaks(language) && len(own) == 0 {
		language = "en" // so it is what Of gives
	}
	v.first = make(language)
	v.all[Primary(language)] = v.first
	return v
}

// First is the voice of the site's own language.
func (v *Voices) First() *Voice { return v.first }

// In gives the voice of the first of some BCP 47 tags that the site speaks, whatever
// the region, or that of its own language.
func (v *Voices) In(tags ...string) *Voice {
	for _, tag := range tags {
		if voice := v.all[Primary(tag)]; voice != nil {
			return voice
		}
	}
	return v.first
}
