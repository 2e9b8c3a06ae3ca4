package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportOfBadInputIsExit2: a mistake of the user's is no failure of the program's.
func TestImportOfBadInputIsExit2(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	junk := file("junk.txt", "once upon a time\n")
	negative := file("negative.json", `{"Quotas":[{"QuotaName":"On-demand model inference requests per minute for Amazon Nova Pro","Value":-5}]}`)
	wrong := file("wrong.json", `{"amazon.nova-pro-v1:0":{"litellm_provider":"bedrock","input_cost_per_token":-1,"output_cost_per_token":"abc"}}`)
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{junk}, "what is the file? say it with --from\n  --from aws "},
		{[]string{"--from", "aws", junk}, "it looks like plain text"},
		{[]string{"--from", "service-quotas", "--as-of", "2026-11-20", negative}, `the Value "-5" is no number from 0`},
		{[]string{"--from", "litellm", "--as-of", "2026-11-20", wrong}, "nothing to import: 1 rows read"},
	} {
		stdout, stderr, code := harness(t, append([]string{"catalog", "import"}, x.args...)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, x.want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %s\nwant %s", x.args, code, stdout, stderr, x.want)
		}
	}
}
