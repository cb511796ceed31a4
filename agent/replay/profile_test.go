package replay

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryKeyOfAProfileIsExplained reads the note as a user does.
func TestEveryKeyOfAProfileIsExplained(t *testing.T) {
	b, err := os.ReadFile("profile.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(b), "```json\n")
	example, _, _ = strings.Cut(example, "```")
	if _, err := parseProfile(example); err != nil {
		t.Errorf("the example is refused: %v", err)
	}
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Map:
			look(typ.Elem())
		case reflect.Struct:
			for i := range typ.NumField() {
				f := typ.Field(i)
				if key := f.Tag.Get("json"); key != "" {
					if !strings.Contains(string(b), "`"+key+"`") && !strings.Contains(string(b), `"`+key+`"`) {
						t.Errorf("%s is not explained in profile.md", key)
					}
					look(f.Type)
				} else if f.Anonymous {
					look(f.Type)
				}
			}
		}
	}
	look(reflect.TypeFor[profile]())
}
