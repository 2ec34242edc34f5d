package main

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/audience"
)

// completeFlags lets shells complete the values of flags that have few, of a command
// and all below it.
func (a *app) completeFlags(c *cobra.Command) {
	var states []string
	for _, s := range audience.States {
		states = append(states, string(s))
	}
	for flag, values := range map[string]func() []string{
		"digest": a.digestNames,
		"format": func() []string { return checkFormats },
		"preset": func() []string { return slices.Sorted(maps.Keys(corpus.Presets)) },
		"state":  func() []string { return states },
	} {
		if c.Flags().Lookup(flag) == nil {
			continue
		}
		_ = c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values(), cobra.ShellCompDirectiveNoFileComp
		}) // it is there, and was not registered
	}
	for _, child := range c.Commands() {
		a.completeFlags(child)
	}
}

// digestNames are those of the configuration, none if it is wrong.
func (a *app) digestNames() []string {
	c, err := a.config()
	if err != nil {
		return nil
	}
	return c.digestNames()
}
