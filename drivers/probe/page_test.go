package probe

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Every example of the pages of hardware runs, and says what the page says.
func TestTheExamplesOfThePageRun(t *testing.T) {
	example := regexp.MustCompile(`(?m)^\$ echo '(.*)' \| osmanthus-probe decode\n(.*)$`)
	for _, page := range []string{"../../docs/hardware/README.md", "../../docs/hardware/README.zh-CN.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		all := example.FindAllStringSubmatch(string(text), -1)
		if n := strings.Count(string(text), "| osmanthus-probe decode"); len(all) != n || n < 8 {
			t.Errorf("%s: %d examples, %d with an answer", page, n, len(all))
		}
		for _, e := range all {
			_, out, errs := decodeLines(e[1])
			var got, want any
			if err := json.Unmarshal([]byte(e[2]), &want); err != nil {
				t.Fatalf("%s: %s: %v", page, e[2], err)
			}
			if len(out) != 1 || errs != "" {
				t.Fatalf("%s: %s gives %q %s", page, e[1], out, errs)
			}
			if err := json.Unmarshal([]byte(out[0]), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s\ngives %s\nnot   %s", page, e[1], out[0], e[2])
			}
		}
	}
}

// Every command of the pages is one that there is.
func TestTheCommandsOfThePageExist(t *testing.T) {
	command := regexp.MustCompile(`(?m)^\$ osmanthus-probe (\w+) -driver (\w+)`)
	for _, page := range []string{"../../docs/hardware/README.md", "../../docs/hardware/README.zh-CN.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range command.FindAllStringSubmatch(string(text), -1) {
			if _, ok := openers[c[2]]; !ok || c[1] != "read" {
				t.Errorf("%s: %s", page, c[0])
			}
		}
	}
}
