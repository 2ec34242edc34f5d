package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/store"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the database to a file, while others use it",
		Long: `Write the database (database.url) to a file as it is at this moment, whole or not at
all; serve and send may run meanwhile. The file is one that "newsdesk restore"
and sqlite3 read, and only its owner may; it has everybody's addresses. A file
that is there is replaced. For PostgreSQL use pg_dump.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withExistingDatabase(c.Context(), func(db *store.DB) error {
				if err := db.Backup(c.Context(), args[0]); err != nil {
					return fmt.Errorf("backup: %w", err)
				}
				return a.tellCopy(args[0], "written")
			})
		},
	}
}

func (a *app) restoreCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make the database from a backup",
		Long: `Make the database (database.url) from a file that "newsdesk backup" wrote, after a
check that it is whole. A database that is there is replaced only with --force.

What happened since the backup is forgotten: who has unsubscribed or was erased
since must be again, and an edition that was sent since would be sent again.

The database may be PostgreSQL: so a site moves there from SQLite. Stop what sends,
serves or works, write the backup, set database.url to the new database and restore.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := a.config()
			if err != nil {
				return err
			}
			err = store.Restore(c.Context(), config.Database.URL, args[0], force)
			if errors.Is(err, store.ErrExists) {
				return fmt.Errorf("restore: %w (--force replaces it)", err)
			}
			if err != nil {
				return fmt.Errorf("restore: %w", err)
			}
			return a.tellCopy(args[0], "restored")
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace the database that is there")
	return c
}

// tellCopy tells what became of a copy of the database: written or restored.
func (a *app) tellCopy(file, result string) error {
	if a.flags.json {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		return a.printJSON(copyJSON{file, info.Size(), result})
	}
	if !a.flags.quiet {
		fmt.Fprintf(a.stdout, "%s %s\n", file, result)
	}
	return nil
}

type copyJSON struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	Result string `json:"result"`
}
