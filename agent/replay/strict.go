package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

// most bounds the numbers of a profile: beyond it seconds, 285 years, are no
// duration that a computer can count in ns.
const most = 9e9

// decode fills v with the one object that a text is, strictly: Go alone takes a
// key twice, and in capital letters.
func decode(text string, v any) error {
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		var at *json.SyntaxError
		if errors.As(err, &at) && strings.TrimSpace(text) != "" {
			return inLine(text, at.Offset, err)
		}
		return errors.New("it is empty; want an object, at least {}")
	}
	d := json.NewDecoder(strings.NewReader(text))
	if first, _ := d.Token(); first != json.Delim('{') {
		return fmt.Errorf("it begins with %v; want an object, at least {}", first)
	}
	if err := object(d, ""); err != nil {
		return inLine(text, d.InputOffset(), err)
	}
	d = json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return inLine(text, wrong.Offset, fmt.Errorf("%s: want %s, not a %s", key(wrong), wants(wrong), wrong.Value))
	}
	return err
}

// object reads what comes after "{" of an object at a path, as in "bed.".
func object(d *json.Decoder, path string) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name := t.(string) // a key is one
		if seen[name] {
			return fmt.Errorf("%s%s is there twice", path, name)
		}
		if path != "sensors." && name != strings.ToLower(name) { // ids are anybody's
			return fmt.Errorf("unknown field %q: keys have small letters", path+name)
		}
		seen[name] = true
		if err := value(d, path+name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// value reads one value.
func value(d *json.Decoder, path string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case float64:
		if math.Abs(t) > most {
			return fmt.Errorf("%s: %v is too large", path, t)
		}
	case json.Delim:
		if t == '{' {
			return object(d, path+".")
		}
		for i := 0; d.More(); i++ {
			if err := value(d, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	return err
}

// inLine says in which line of a text something is wrong.
func inLine(text string, offset int64, err error) error {
	return fmt.Errorf("line %d: %w", 1+strings.Count(text[:min(int(offset), len(text))], "\n"), err)
}

// key is where a value of a wrong type stands, without the names of Go.
func key(e *json.UnmarshalTypeError) string {
	var keys []string
	for k := range strings.SplitSeq(e.Field, ".") {
		if k == strings.ToLower(k) {
			keys = append(keys, k)
		}
	}
	return strings.Join(keys, ".")
}

func wants(e *json.UnmarshalTypeError) string {
	switch k := e.Type.Kind().String(); {
	case strings.HasPrefix(k, "float"):
		return "a number"
	case strings.HasPrefix(k, "int"):
		return "a whole number"
	case k == "bool":
		return "true or false"
	case k == "string":
		return "a text"
	case k == "slice":
		return "a list"
	}
	return "an object"
}
