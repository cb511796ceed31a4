package config

import (
	"fmt"

	"osmanthus/internal/yamlfile"
)

// maxFile bounds a file: a house has some hundred residents.
const maxFile = 4 << 20

// Mistakes are all that is wrong with a file, in the order of their lines.
type Mistakes = yamlfile.Mistakes

// Load reads and judges the configuration at path. An error that is about the
// content wraps Mistakes.
func Load(path string) (Config, error) { return load(path, Parse) }

// LoadSeed reads and judges the seed at path.
func LoadSeed(path string) (Seed, error) { return load(path, ParseSeed) }

// Parse reads and judges a configuration. Every error is of type Mistakes.
func Parse(data []byte) (Config, error) {
	c, doc, mistakes := decode(data, Default())
	if doc != nil {
		mistakes = append(mistakes, judge(&c, doc)...)
	}
	return c, mistakes.Err()
}

// ParseSeed reads and judges a seed. Every error is of type Mistakes.
func ParseSeed(data []byte) (Seed, error) {
	s, doc, mistakes := decode(data, Seed{})
	if doc != nil {
		mistakes = append(mistakes, judgeSeed(&s, doc)...)
	}
	return s, mistakes.Err()
}

func load[T any](path string, parse func([]byte) (T, error)) (none T, err error) {
	data, err := yamlfile.Read(path, maxFile)
	if err != nil {
		return none, fmt.Errorf("config: %w", err)
	}
	v, err := parse(data)
	if err != nil {
		return none, yamlfile.In(path, err)
	}
	return v, nil
}

// decode fills v with what the file says.
func decode[T any](data []byte, v T) (T, *yamlfile.Document, Mistakes) {
	return yamlfile.Decode(data, maxFile, v)
}
