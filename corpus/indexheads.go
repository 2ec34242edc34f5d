package corpus

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
)

// blockFiles is how many files share a block: blocks are decoded on all
// processors.
const blockFiles = 4096

// encodeHeads writes the files in blocks, each after its length, an empty block,
// and the languages and topics, which are known by then.
func encodeHeads(w io.Writer, k known) error {
	t := newTables()
	var length, e encoder
	for first := 0; first < len(k.files); first += blockFiles {
		last := min(first+blockFiles, len(k.files))
		e.data = e.data[:0]
		e.number(uint64(last - first))
		for i := first; i < last; i++ {
			e.file(k.files[i], k.results[i], k.ranks[i], t)
		}
		length.data = length.data[:0]
		length.fixed(uint64(len(e.data)))
		w.Write(length.data) // a bufio.Writer keeps its error
		w.Write(e.data)
	}
	e.data = e.data[:0]
	e.fixed(0)
	e.texts(t.languages.list)
	e.number(uint64(len(t.marks.list)))
	for _, m := range t.marks.list {
		e.texts([]string{string(m.Kind), m.ID, m.Slug, m.Name, m.URL})
	}
	e.number(uint64(len(t.topics.list)))
	keys := topicKeys(k.topics)
	for _, topic := range t.topics.list {
		key := keys[topic]
		e.texts([]string{key.name, key.url, key.label})
	}
	_, err := w.Write(e.data)
	return err
}

// topicKeys turns settings.topicMemo around.
func topicKeys(memo *sync.Map) map[*Topic]topicKey {
	keys := map[*Topic]topicKey{}
	memo.Range(func(key, topic any) bool {
		keys[topic.(*Topic)] = key.(topicKey)
		return true
	})
	return keys
}

// decodeHeads reads what encodeHeads wrote. Its texts are parts of data.
func decodeHeads(data string, s *settings) (known, error) {
	d := decoder{data: data}
	var blocks []string
	for size := d.fixed(); size > 0; size = d.fixed() {
		blocks = append(blocks, d.take(int(min(size, math.MaxInt32))))
	}
	t := readTables{languages: d.texts()}
	for range d.count() {
		m := append(d.texts(), make([]string, 5)...)
		t.marks = append(t.marks, s.mark(Mark{MarkKind(m[0]), m[1], m[2], m[3], m[4]}))
	}
	for range d.count() {
		key := append(d.texts(), "", "", "")
		t.topics = append(t.topics, s.topic(topicKey{key[0], key[1], key[2]}))
	}
	if d.bad || len(d.data) > 0 || slices.Contains(t.topics, nil) {
		return known{}, errDamaged
	}
	parts := make([]known, len(blocks))
	each(context.Background(), len(blocks), func(i int) { parts[i] = decodeBlock(blocks[i], &t, s) })
	var k known
	for _, p := range parts {
		if p.files == nil {
			return known{}, errDamaged
		}
		k.files = append(k.files, p.files...)
		k.results = append(k.results, p.results...)
		k.ranks = append(k.ranks, p.ranks...)
	}
	return k, k.check()
}

// check says whether the files are in order and the ranks are places in a list.
func (k known) check() error {
	for i := range k.files {
		if i > 0 && k.files[i-1].path >= k.files[i].path || int(k.ranks[i]) >= len(k.files) {
			return fmt.Errorf("%s is out of order", k.files[i].path)
		}
	}
	return nil
}

// tables number what many heads share.
type tables struct {
	languages numbering[string]
	topics    numbering[*Topic]
	marks     numbering[*Mark]
}

func newTables() *tables {
	return &tables{numbering[string]{places: map[string]int{}}, numbering[*Topic]{places: map[*Topic]int{}}, numbering[*Mark]{places: map[*Mark]int{}}}
}

type numbering[T comparable] struct {
	places map[T]int
	list   []T
}

func (n *numbering[T]) number(t T) uint64 {
	i, ok := n.places[t]
	if !ok {
		i = len(n.list)
		n.places[t] = i
		n.list = append(n.list, t)
	}
	return uint64(i)
}

// readTables are tables that were read.
type readTables struct {
	languages []string
	topics    []*Topic
	marks     []*Mark
}

// Which parts of a result follow.
const (
	hasHead = 1 << iota
	hasByPath
	hasRemarks
	hasUpdated // Updated is not Published
	hasMarks
)

func (e *encoder) file(f file, r result, rank int32, t *tables) {
	var flags uint64
	if r.head != nil {
		flags |= hasHead
		if !r.head.Updated.Equal(r.head.Published) {
			flags |= hasUpdated
		}
		if len(r.head.Marks) > 0 {
			flags |= hasMarks
		}
	}
	if r.byPath {
		flags |= hasByPath
	}
	if r.remarks != nil {
		flags |= hasRemarks
	}
	e.text(f.path)
	e.fixed(uint64(f.stamp))
	e.number(uint64(rank + 1))
	e.number(flags)
	if r.head != nil {
		e.fixed(r.sums.id)
		e.fixed(r.sums.title)
		e.head(r.head, flags, t)
	}
	if r.remarks != nil {
		e.remarks(r.remarks)
	}
}

func (e *encoder) head(h *Head, flags uint64, t *tables) {
	e.text(h.ID)
	e.text(h.Title)
	e.time(h.Published)
	if flags&hasUpdated != 0 {
		e.time(h.Updated)
	}
	e.number(t.languages.number(h.Language))
	e.number(uint64(len(h.Topics)))
	for _, topic := range h.Topics {
		e.number(t.topics.number(topic))
	}
	if flags&hasMarks != 0 {
		e.number(uint64(len(h.Marks)))
		for _, m := range h.Marks {
			e.number(t.marks.number(m))
		}
	}
}

func (e *encoder) remarks(r *remarks) {
	e.text(r.leftOut)
	e.time(r.since)
	e.time(r.until)
	e.number(uint64(len(r.findings)))
	for _, f := range r.findings {
		e.finding(f)
	}
}

// decodeBlock gives no files if the block is damaged.
func decodeBlock(data string, t *readTables, s *settings) known {
	d := decoder{data: data}
	n := d.count()
	heads := make([]Head, n)
	k := known{files: make([]file, 0, n), results: make([]result, n), ranks: make([]int32, n)}
	var topics []*Topic // of all heads of the block
	for i := range n {
		f := file{d.text(), stamp(d.fixed())}
		k.files = append(k.files, f)
		k.ranks[i] = int32(d.number()) - 1
		flags := d.number()
		r := &k.results[i]
		r.byPath = flags&hasByPath != 0
		if flags&hasHead != 0 {
			r.head = &heads[i]
			r.head.Path = f.path
			r.sums = sums{id: d.fixed(), title: d.fixed()}
			topics = d.head(r.head, flags, t, s, topics)
			r.sums.seconds, r.sums.latest = r.head.Published.Unix(), r.head.Updated.Unix()
		}
		if flags&hasRemarks != 0 {
			r.remarks = d.remarks(f.path)
		}
	}
	if d.bad || len(d.data) > 0 {
		return known{}
	}
	return k
}

// head appends the head's topics to topics, of which it then holds a part.
func (d *decoder) head(h *Head, flags uint64, t *readTables, s *settings, topics []*Topic) []*Topic {
	h.ID, h.Title = d.text(), d.text()
	h.Published = d.time().In(s.Zone)
	h.Updated = h.Published
	if flags&hasUpdated != 0 {
		h.Updated = d.time().In(s.Zone)
	}
	h.Language = at(d, t.languages)
	n := d.count()
	first := len(topics)
	for range n {
		topics = append(topics, at(d, t.topics))
	}
	h.Topics = slices.Clip(topics[first:])
	if flags&hasMarks != 0 {
		h.Marks = make([]*Mark, d.count())
		for i := range h.Marks {
			h.Marks[i] = at(d, t.marks)
		}
	}
	return topics
}

// at gives the member of a list whose number comes next.
func at[T any](d *decoder, list []T) (member T) {
	i := d.number()
	if i >= uint64(len(list)) {
		d.bad = true
		return member
	}
	return list[i]
}

func (d *decoder) remarks(path string) *remarks {
	r := &remarks{leftOut: d.text(), since: d.time(), until: d.time()}
	for range d.count() {
		r.findings = append(r.findings, d.finding(path))
	}
	return r
}
