package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"osmanthus/care"
	"osmanthus/internal/wholefile"
)

// encode writes the episodes in the order of their ids.
func encode(s episodes) []byte {
	list := []*episode{}
	for _, e := range s {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *episode) int { return strings.Compare(a.ID, b.ID) })
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		panic(err) // only numbers, texts and times
	}
	return data
}

func decode(data []byte) ([]*episode, error) {
	var list []*episode
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	for _, e := range list {
		if e == nil {
			return nil, errors.New("an empty entry")
		}
		id, err := care.ParseEpisode(e.ID)
		if err != nil {
			return nil, err
		}
		if e.Priority < care.Low || e.Priority > care.High || e.Answer > Closed {
			return nil, fmt.Errorf("episode %s has priority %d and answer %d", e.ID, e.Priority, e.Answer)
		}
		e.Episode = id
	}
	return list, nil
}

// load reads the file and when it was written; one that is not there means that
// nothing is open.
func load(path string) ([]*episode, time.Time, error) {
	if path == "" {
		return nil, time.Time{}, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, time.Time{}, nil
	}
	if err == nil {
		var list []*episode
		if list, err = decode(data); err == nil {
			var info fs.FileInfo
			if info, err = os.Stat(path); err == nil {
				return list, info.ModTime(), nil
			}
		}
	}
	return nil, time.Time{}, fmt.Errorf("local: reading what is open from %s: %w", path, err)
}

// store writes what is open.
func store(path string, data []byte) error {
	if path == "" {
		return nil
	}
	if err := wholefile.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("local: keeping what is open: %w", err)
	}
	return nil
}
