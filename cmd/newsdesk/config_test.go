package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/viper"
)

// TestSampleConfig holds that the sample config.yaml has every key, and names no
// other.
func TestSampleConfig(t *testing.T) {
	text, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines, faults := readConfigFile(viper.New(), "config.yaml", text)
	if len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	for key := range defaults {
		if lines.line[key] == 0 {
			t.Errorf("config.yaml does not tell of %s", key)
		}
	}
}

// TestSampleDefaults holds that a value of the sample is the default, unless its
// comment says that it is a sample's or names the default.
func TestSampleDefaults(t *testing.T) {
	text, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	v := viper.New()
	lines, _ := readConfigFile(v, "config.yaml", text)
	all := strings.Split(string(text), "\n")
	for key, want := range defaults {
		line := all[lines.line[key]-1]
		if strings.Contains(line, "sample:") || strings.Contains(line, "default") {
			continue
		}
		switch want := want.(type) {
		case []string:
			if got := v.GetStringSlice(key); !slices.Equal(got, want) {
				t.Errorf("%s is %v in config.yaml, %v by default", key, got, want)
			}
		case map[string]any:
			if got := v.GetStringMap(key); len(got) > 0 {
				t.Errorf("%s is %v in config.yaml, empty by default", key, got)
			}
		case []map[string]any:
			if got, _ := v.Get(key).([]any); len(got) > 0 {
				t.Errorf("%s is %v in config.yaml, empty by default", key, got)
			}
		default:
			if got := v.Get(key); got != want {
				t.Errorf("%s is %v in config.yaml, %v by default", key, got, want)
			}
		}
	}
}

func TestSuggestion(t *testing.T) {
	for key, want := range map[string]string{
		"site.titel": "site.title", "smtp.prot": "smtp.port", "feeds.item": "feeds.items", "smtp.from": "digest.from", "x.y": "",
	} {
		if got := suggestion(key); (want == "") == strings.Contains(got, "did you mean") || !strings.Contains(got, want) {
			t.Errorf("suggestion(%q) = %q, want %q", key, got, want)
		}
	}
}

// TestDigests holds that a digest of its own has the first one's settings but for
// those that it names, and changes none of the first one's.
func TestDigests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := `digest: {title: All, topics: [a, b], only: {topics: [x], sources: [s]}, items: 9, utm: {source: all, term: t}}
digests: {small: {topics: [c], only: {topics: []}, period: month, utm: {source: small, medium: mail}}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, small := c.digests[0], c.digests[1]
	if first.Name != "weekly" || first.Period != "week" || !slices.Equal(first.Topics, []string{"a", "b"}) || !slices.Equal(first.Only.Topics, []string{"x"}) {
		t.Errorf("the first digest is %+v", first)
	}
	if small.Name != "small" || small.Title != "All" || small.Period != "month" || small.Items != 9 || small.folder != "digest/small/" ||
		!slices.Equal(small.Topics, []string{"c"}) || len(small.Only.Topics) > 0 || !slices.Equal(small.Only.Sources, []string{"s"}) {
		t.Errorf("the other digest is %+v", small)
	}
	if !maps.Equal(first.UTM, map[string]string{"source": "all", "term": "t"}) || !maps.Equal(small.UTM, map[string]string{"source": "small", "medium": "mail"}) {
		t.Errorf("utm is %v, and %v of the other digest", first.UTM, small.UTM)
	}
}

// TestDigestFaults holds that what a digest of its own says is checked as the first
// one's keys are, and told where it stands.
func TestDigestFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := `digests:
  small:
    offerings_style: tiled
    utm:
      sauce: small
    images: attached`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := loadConfig(file, true, nil)
	want := []string{
		file + `:3: digests.small.offerings_style: "tiled" (want grouped, inline)`,
		file + `:5: digests.small.utm.sauce: "sauce" (want source, medium, campaign, term, content)`,
		file + `:6: digests.small.images: "attached" (want `,
	}
	var faults configError
	if !errors.As(err, &faults) || !slices.EqualFunc(faults, want, strings.HasPrefix) {
		t.Errorf("faults are\n%v\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

// TestFolders holds that files and folders of the configuration are relative to it,
// those of flags to where the command runs, and that the output folder, which is
// public, takes no reports, however the two are named.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	load := func(text string, flags map[string]string) (*Config, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loadConfig(file, true, flags)
	}
	c, err := load("smtp: {password_file: a}\nbounces: {maildir: b}\ndigest: {offerings_file: d}", map[string]string{"feeds.dir": "out"})
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		filepath.Join(dir, "content"): c.Content.Dir, filepath.Join(dir, ".newsdesk"): c.Content.Index, "out": c.Feeds.Dir,
		filepath.Join(dir, ".newsdesk/reports"): c.Numbers.Reports, filepath.Join(dir, "a"): c.SMTP.PasswordFile,
		filepath.Join(dir, "b"): c.Bounces.Maildir, filepath.Join(dir, "d"): c.Digest.OfferingsFile,
		"sqlite:" + filepath.Join(dir, "newsdesk.db"): c.Database.URL, "": c.Look.Templates,
	} {
		if got != want {
			t.Errorf("a path is %q, want %q", got, want)
		}
	}
	if _, err := load("feeds: {dir: "+filepath.Join(dir, "public")+"}\nnumbers: {reports: public/reports}", nil); err == nil {
		t.Error("reports may go into the output folder")
	}
}
