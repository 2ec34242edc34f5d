package main

import (
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
	text := `digest: {title: All, topics: [a, b], only: {topics: [x], sources: [s]}, items: 9}
digests: {small: {topics: [c], only: {topics: []}, period: month}}`
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
}
