package yamlfile

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Node is what a type's UnmarshalYAML is given. The Value of a list or of a
// group of keys is "".
type Node = yaml.Node

// Refuse returns the error that UnmarshalYAML gives back for n. It is the one
// kind of error that lets the decoder go on, so that all mistakes are found.
func Refuse(n *Node, format string, args ...any) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: ", n.Line) + fmt.Sprintf(format, args...)}}
}

// Duration sets d to what n says, with its unit and not below 0, or leaves it
// and refuses n. The examples are for the message.
func Duration(n *Node, d *time.Duration, examples string) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v < 0 {
		return Refuse(n, "%q is not a duration with its unit, as in %s", n.Value, examples)
	}
	*d = v
	return nil
}
