package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// version is set by a release build: go build -ldflags "-X main.version=1.2.3".
var version = "dev"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell newsdesk's version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			commit, _ := builtFrom()
			if a.flags.json {
				return a.printJSON(map[string]string{"version": version, "commit": commit, "go": runtime.Version()})
			}
			text := "newsdesk " + version
			if commit != "" {
				text += " (" + commit[:min(12, len(commit))] + ")"
			}
			_, err := fmt.Fprintln(a.stdout, text+", "+runtime.Version())
			return err
		},
	}
}

// builtFrom gives the commit that the program was built from, or "", and whether
// nothing was changed since.
func builtFrom() (commit string, clean bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			clean = s.Value == "false"
		}
	}
	return commit, clean
}

// programVersion changes with the program: a clean build has its commit, any
// other the file that runs.
func programVersion() string {
	if commit, clean := builtFrom(); commit != "" && clean {
		return commit + " " + runtime.Version()
	}
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	stamp, _ := atomicfile.StampOf(info)
	return fmt.Sprint(filepath.Base(name), info.Size(), info.ModTime().UnixNano(), stamp)
}
