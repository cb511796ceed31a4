package config

import (
	"fmt"

	"osmanthus/internal/yamlfile"
)

// maxFile bounds the file: a home has some hundred sensors.
const maxFile = 1 << 20

// Mistakes are all that is wrong with a file, in the order of their lines.
type Mistakes = yamlfile.Mistakes

// Load reads and judges the file at path. kinds are the kinds of sensors that
// this agent has. An error that is about the content wraps Mistakes.
func Load(path string, kinds []Kind) (Config, error) {
	data, err := yamlfile.Read(path, maxFile)
	if err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	c, err := Parse(data, kinds)
	if err != nil {
		return Config{}, yamlfile.In(path, err)
	}
	return c, nil
}

// Parse reads and judges the bytes of a file. Every error is of type Mistakes.
func Parse(data []byte, kinds []Kind) (Config, error) {
	c, doc, mistakes := decode(data)
	if doc != nil {
		mistakes = append(mistakes, judge(&c, doc, kinds)...)
	}
	return c, mistakes.Err()
}

// decode fills the defaults with what the file says.
func decode(data []byte) (Config, *yamlfile.Document, Mistakes) {
	return yamlfile.Decode(data, maxFile, Default())
}
