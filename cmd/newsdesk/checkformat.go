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

// located is a finding as machines want it, of an article or a feed.
type located struct {
	file                 string
	line                 int
	severity, kind, text string
}

// printReport writes a report to standard output in a machine's format.
func (a *app) printReport(c *Config, report corpus.Report, format string) error {
	if format == "json" {
		return a.printJSON(checkResult(report))
	}
	list := make([]located, 0, len(report.Findings))
	for _, f := range report.Findings {
		list = append(list, located{contentPath(c, f.Path), f.Line, severityName(f.Severity), f.Kind, withField(f)})
	}
	return a.printLocated(list, format)
}

// printLocated writes findings as SARIF or for GitHub.
func (a *app) printLocated(list []located, format string) error {
	if format == "sarif" {
		return a.printJSON(newSARIF(list))
	}
	return a.printGitHub(list)
}

// printGitHub writes workflow commands, which GitHub shows beside the lines of a
// pull request
// (docs.github.com, "Workflow commands for GitHub Actions").
func (a *app) printGitHub(list []located) error {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, f := range list {
		_, err := fmt.Fprintf(a.stdout, "::%s file=%s,line=%d,title=%s::%s\n", f.severity,
			property.Replace(f.file), max(f.line, 1), f.kind, message.Replace(f.text))
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

func newSARIF(list []located) sarifLog {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "newsdesk", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for _, f := range list {
		rule := sarifRule{f.kind}
		if !slices.Contains(run.Tool.Driver.Rules, rule) {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		at := sarifLocation{}
		at.Physical.Artifact.URI = f.file
		at.Physical.Region.StartLine = max(f.line, 1)
		run.Results = append(run.Results, sarifResult{f.kind, f.severity, sarifText{f.text}, []sarifLocation{at}})
	}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}
