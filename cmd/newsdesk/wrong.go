package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wrongUseIsTold gives wrong arguments and flags the exit code of wrong use and says
// what was likely meant, for a command and all below it. One that only holds others
// shows its help.
func wrongUseIsTold(c *cobra.Command) {
	check := c.Args
	if check == nil {
		check = cobra.ArbitraryArgs
	}
	if c.HasSubCommands() {
		check = cobra.NoArgs
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	if check(c, []string{""}) != nil && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions // shells offer it no files
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) != nil {
			return wrongArguments(c, args)
		}
		return nil
	}
	for _, child := range c.Commands() {
		wrongUseIsTold(child)
	}
}

// wrongArguments tells what is wrong with the arguments of a command.
func wrongArguments(c *cobra.Command, args []string) error {
	help := " (see " + c.CommandPath() + " --help)"
	if c.HasSubCommands() {
		var names []string
		for _, child := range c.Commands() {
			names = append(names, child.Name())
		}
		if meant := near(args[0], names); meant != "" {
			help = didYouMean(c.CommandPath()+" "+meant, "")
		}
		return usage("unknown command %q for %q%s", args[0], c.CommandPath(), help)
	}
	text := "want "
	if c.HasParent() {
		text += c.Parent().CommandPath() + " "
	}
	if text += c.Use; len(args) > 0 {
		text += fmt.Sprintf(", not also %q", args[len(args)-1])
	}
	return usage("%s%s", text, help)
}

// wrongFlag tells what is wrong with the flags of a command.
func wrongFlag(c *cobra.Command, err error) error {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	_, name, unknown := strings.Cut(err.Error(), "unknown flag: ")
	if meant := near(name, names); unknown && meant != "" {
		return usage("%w%s", err, didYouMean(meant, ""))
	}
	return usage("%w (see %s --help)", err, c.CommandPath())
}

// helpCommand shows the help of any command. Cobra's own shows the program's for one
// that there is not.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]…",
		Short: "Help about any command",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = wrongArguments(about, rest)
			}
			if err != nil {
				return err
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
