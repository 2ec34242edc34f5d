package corpus

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestMarks holds what marks an article has, and that heads have none of the
// kinds that nobody asked for. What is wrong is told once.
func TestMarks(t *testing.T) {
	const front = `---
title: A
date: 2021-10-01
author: [Ann Lee, ann lee, 🙂]
link: {original: 'https://www.X.example/a'}
htmlMetaData: {ogsite_name: The X}
relatedOfferings:
- {label: Suite, permalink: /offering/the-suite/, offeringId: 7}
- {label: Desk, permalink: 'https://desk.example/?a/b#c'}
- {label: broken}
---
Text.
`
	for _, test := range []struct {
		marks []MarkKind
		want  []Mark
	}{
		{nil, nil},
		{[]MarkKind{MarkAuthor}, []Mark{{MarkAuthor, "ann-lee", "ann-lee", "Ann Lee", ""}, {MarkAuthor, "author-d06f1525", "author-d06f1525", "🙂", ""}}},
		{[]MarkKind{MarkSource, MarkOffering}, []Mark{
			{MarkSource, "x.example", "x-example", "The X", ""},
			{MarkOffering, "7", "the-suite", "Suite", "https://www.medigy.com/offering/the-suite/"},
			{MarkOffering, "https://desk.example/?a/b#c", "desk", "Desk", "https://desk.example/?a/b#c"},
		}},
	} {
		o := options(t)
		o.Marks = test.marks
		o.Want = func(heads []*Head) []*Head { return heads }
		c, report := Load(context.Background(), fstest.MapFS{"a.md": {Data: []byte(front)}}, o)
		var got []Mark
		for _, m := range c.Heads[0].Marks {
			got = append(got, *m)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("marks of %v:\n%s", test.marks, diff)
		}
		if len(report.Findings) != 1 || report.Findings[0].Kind != "bad-offering" {
			t.Errorf("marks of %v: findings %v, want one bad-offering", test.marks, report.Findings)
		}
	}
}
