package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/corpus"
)

// The formats of a report. A text is for people, the others for machines.
var checkFormats = []string{"text", "json", "sarif", "github"}

// printReport writes a report to standard output in a machine's format.
func (a *app) printReport(c *Config, report corpus.Report, format string) error {
	switch format {
	case "sarif":
		return a.printJSON(newSARIF(c, report))
	case "github":
		return a.printGitHub(c, report)
	}
	return a.printJSON(checkResult(report))
}

// printGitHub writes workflow commands, which GitHub shows beside the lines of a
// pull request
// (docs.github.com, "Workflow commands for GitHub Actions").
func (a *app) printGitHub(c *Config, report corpus.Report) error {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, f := range report.Findings {
		_, err := fmt.Fprintf(a.stdout, "::%s file=%s,line=%d,title=%s::%s\n", severityName(f.Severity),
			property.Replace(contentPath(c, f.Path)), max(f.Line, 1), f.Kind, message.Replace(withField(f)))
		if err != nil {
			return err
		}
	}
	return nil
}

func severityName(s corpus.Severity) string {
	if s == corpus.Error {
		return "error"
	}
	return "warning"
}

func withField(f corpus.Finding) string {
	if f.Field == "" {
		return f.Text
	}
	return f.Field + ": " + f.Text
}

// contentPath gives an article's file as seen from where the command runs.
func contentPath(c *Config, file string) string {
	return filepath.ToSlash(filepath.Join(c.Content.Dir, file))
}

// The parts of SARIF 2.1.0 (OASIS) that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	}
)

func newSARIF(c *Config, report corpus.Report) sarifLog {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "newsdesk", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for _, f := range report.Findings {
		rule := sarifRule{f.Kind}
		if !slices.Contains(run.Tool.Driver.Rules, rule) {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		at := sarifLocation{}
		at.Physical.Artifact.URI = contentPath(c, f.Path)
		at.Physical.Region.StartLine = max(f.Line, 1)
		run.Results = append(run.Results, sarifResult{f.Kind, severityName(f.Severity), sarifText{withField(f)}, []sarifLocation{at}})
	}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}
