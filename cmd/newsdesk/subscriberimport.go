package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/audience"
	"github.com/medigy/newsdesk/internal/store"
)

// importFlags are those of subscriber import.
type importFlags struct {
	choiceFlags
	columns                    map[string]string
	consent, encoding, rejects string
	state                      string
	update, dryRun             bool
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the subscribers of a list",
		Long: `Add the subscribers of a list, or of standard input if FILE is "-": one address a
line, or a table with a header that names the columns (email, name, first name,
last name, topics, language, digests, state, since; also in other languages), in
any order, divided by commas, semicolons or tabs, in UTF-8 or UTF-16. What
Mailchimp, listmonk, Ghost, Buttondown, Substack, MailPoet and "subscriber export"
write is read as it is; when and from where somebody agreed is kept as evidence.

Who is there already stays as she is; with --update name, topics, language and
digests are taken from the list where it has them. Who has unsubscribed,
complained, bounced or was erased stays away whatever the list says: only
"subscriber add --again" takes back one who asks.

Who has left by the list (a state or status such as unsubscribed, cleaned, bounced,
complained or blocklisted, or --state unsubscribed for all of it) is kept out from
then on, also by later lists, and gets no more mail if she came with a list before.
Who is paused or disabled there comes as paused. Who has not confirmed is not taken.

Rows that are not taken are told, with the reason; --rejects writes them to a file
that can be mended and imported. The list is sorted first, in TMPDIR if it is large,
and then written piece by piece, each whole or not at all: after a crash import it
again. It may have millions of rows.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withSuppressor(c.Context(), func(db *store.DB, hashes *audience.Suppressor) error {
				return a.importFile(c.Context(), db, hashes, args[0], f)
			})
		},
	}
	f.add(c)
	c.Flags().StringToStringVar(&f.columns, "map", nil,
		"`COLUMNS` in which what is, by heading or number: address=E-Mail,name=3; of "+strings.Join(audience.Columns, ", "))
	c.Flags().Lookup("map").DefValue = "" // not []
	c.Flags().StringVar(&f.consent, "consent", "", "`TEXT` that the people of the list agreed to, for the record")
	c.Flags().StringVar(&f.encoding, "encoding", "", "`NAME` of the list's encoding, such as windows-1252")
	c.Flags().StringVar(&f.rejects, "rejects", "", "`FILE` for the rows that are not taken, with line and reason")
	c.Flags().StringVar(&f.state, "state", "", "`STATE` of those of whom the list does not say it: active, paused, unsubscribed, bounced or complained (default active)")
	c.Flags().BoolVar(&f.update, "update", false, "change who is there already to what the list says")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "tell what would be done; change nothing")
	return c
}

func (a *app) importFile(ctx context.Context, db *store.DB, hashes *audience.Suppressor, name string, f importFlags) error {
	choice, err := f.choice()
	if err != nil {
		return err
	}
	state := audience.State(f.state)
	if state != "" && (state == audience.Pending || state == audience.Erased || !slices.Contains(audience.States, state)) {
		return usage("--state %q (want active, paused, unsubscribed, bounced or complained)", f.state)
	}
	list, size, err := a.openList(name)
	if err != nil {
		return err
	}
	defer list.Close()
	if name == "-" {
		name = "standard input"
	}
	// What the rows of a batch take is a fixed amount; twice that as garbage is too much.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	bar := a.newBar("importing, KB", false)
	o := audience.ImportOptions{
		Name: filepath.ToSlash(name), Encoding: f.encoding, Map: f.columns, Choice: choice, State: state, Consent: f.consent,
		Update: f.update, DryRun: f.dryRun, Act: a.act(), Temp: os.TempDir(),
		Progress: func(done int64, _ audience.Result) error {
			if size > 0 {
				bar.tell(int(done/1000), int(size/1000))
			}
			return nil
		},
	}
	result, err := a.importRejecting(f.rejects, func(reject func(audience.Reject) error) (audience.Result, error) {
		o.Reject = reject
		return audience.Import(ctx, db, hashes, list, o)
	})
	bar.end()
	if err != nil {
		return fmt.Errorf("%w (%s added before)", err, number(result.Added))
	}
	return a.tellImport(result, f)
}

// openList opens the file of a list, or standard input if it is "-"; size is 0 if it is
// not known.
func (a *app) openList(name string) (list io.ReadCloser, size int64, err error) {
	if name == "-" {
		return io.NopCloser(a.stdin), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("the list: %w", err)
	}
	if info, err := file.Stat(); err == nil {
		size = info.Size()
	}
	return file, size, nil
}

// maxTold is how many rows that are not taken are told one by one.
const maxTold = 20

// importRejecting runs an import and puts the rows that are not taken to a file,
// or tells them.
func (a *app) importRejecting(file string, run func(func(audience.Reject) error) (audience.Result, error)) (result audience.Result, err error) {
	if file == "" {
		told := 0
		return run(func(r audience.Reject) error {
			if told++; told <= maxTold {
				fmt.Fprintln(a.stderr, wrap(oneLine(r.Error()), 4, columns(a.stderr)))
			} else if told == maxTold+1 {
				fmt.Fprintln(a.stderr, "… and more (--rejects FILE has all)")
			}
			return nil
		})
	}
	dir, err := atomicfile.Open(filepath.Dir(file))
	if err != nil {
		return result, err
	}
	defer dir.Close()
	var importErr error // its rows are rows all the same
	err = dir.Create(filepath.Base(file), func(w io.Writer) error {
		table := csv.NewWriter(w)
		first := true
		result, importErr = run(func(r audience.Reject) error {
			if first && r.Header != nil {
				table.Write(append(append([]string{}, r.Header...), "line", "reason"))
			}
			first = false
			row := append([]string{}, r.Row...)
			for len(row) < len(r.Header) {
				row = append(row, "")
			}
			return table.Write(append(row, strconv.Itoa(r.Line), r.Field+": "+r.Text))
		})
		table.Flush()
		return table.Error()
	})
	if importErr != nil {
		return result, importErr
	}
	return result, err
}

func (a *app) tellImport(r audience.Result, f importFlags) error {
	err := a.tell(map[string]int{"rows": r.Rows, "added": r.Added, "left": r.Left, "updated": r.Updated, "known": r.Known,
		"suppressed": r.Suppressed, "bad": r.Bad}, importRows(r, f)...)
	if err == nil && r.Bad > 0 {
		return incomplete()
	}
	return err
}

func importRows(r audience.Result, f importFlags) []row {
	rows := []row{{"added", number(r.Added), ""}}
	if f.dryRun {
		rows[0].text = "would be; nothing was written"
	}
	where := "see above"
	if f.rejects != "" {
		where = "see " + f.rejects
	}
	for _, r := range []struct {
		name string
		n    int
		text string
	}{
		{"left", r.Left, "have left, as the list says, and are kept out"},
		{"updated", r.Updated, "were there, and are now as the list says"},
		{"known", r.Known, "are there already, or twice in the list"},
		{"suppressed", r.Suppressed, "have left, and stay away, " + where},
		{"bad", r.Bad, "left out, " + where},
	} {
		if r.n > 0 {
			rows = append(rows, row{r.name, number(r.n), r.text})
		}
	}
	return rows
}
