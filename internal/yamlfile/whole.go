package yamlfile

import (
	"math"
	"reflect"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// fractions finds numbers with a fraction where whole ones belong: the decoder
// cuts them off, and channel 1.9 were channel 1.
func fractions(n *yaml.Node, t reflect.Type) (found Mistakes) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, own := reflect.PointerTo(t).MethodByName("UnmarshalYAML"); own {
		return nil
	}
	switch {
	case n.Kind == yaml.DocumentNode && len(n.Content) == 1:
		return fractions(n.Content[0], t)
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if c := child(n, t.Field(i).Tag.Get("yaml")); c != nil {
				found = append(found, fractions(c, t.Field(i).Type)...)
			}
		}
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, c := range n.Content {
			found = append(found, fractions(c, t.Elem())...)
		}
	case n.Kind == yaml.ScalarNode && reflect.Zero(t).CanInt():
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v != math.Trunc(v) {
			found = Mistakes{{Line: n.Line, Text: strconv.Quote(n.Value) + " is not a whole number"}}
		}
	}
	return found
}
