package corpus

import "testing"

func TestPlainMarkdown(t *testing.T) {
	for _, test := range []struct {
		in, want string
		isMDX    bool
	}{
		{"plain", "plain", false},
		{":::note\nA.\n:::\nB.\n", "\nA.\n\nB.\n", false},
		{"::::tip Be **quick**\nA.\n::::\n", "\n**Be **quick****\n\nA.\n\n", false},
		{"- a\n  :::caution[Title]\n  b\n  :::", "- a\n\n  **Title**\n\n  b\n\n", false},
		{":::{.box}\nA.\n:::\n", "\nA.\n\n", false},
		{"> [!NOTE]\n> A.\n", "> \n> A.\n", false},
		{"See [!NOTE] and ::: here.\n", "See [!NOTE] and ::: here.\n", false},
		{"```\n:::note\nimport a from 'b'\n```\n:::\n", "```\n:::note\nimport a from 'b'\n```\n\n", false},
		{"import Tabs from '@theme/Tabs';\nimport { A } from \"b\"\nimport './c.css';\n\nA.\n", "\nA.\n", false},
		{"import duties from abroad\nimport 'tax' is high\n", "import duties from abroad\nimport 'tax' is high\n", false},
		{"import {\n  A,\n} from 'a'\nexport const x = {\n  b: 1,\n}\n\nexport default y\n\nA\nexport of goods\n", "\n\nA\nexport of goods\n", true},
		{"export const x\n", "export const x\n", false},
	} {
		if got := plainMarkdown(test.in, test.isMDX); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}
