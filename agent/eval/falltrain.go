package eval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// TrainFalls fits the models of falls to all open recordings and writes them to
// dir, which is agent/detect/models of the project. The same recordings give the
// same bytes.
func TrainFalls(dir string, progress io.Writer) error {
	for _, p := range fallPlaces() {
		fmt.Fprintf(progress, "falls at the %s …\n", p.place)
		d, err := readFalls(p)
		if err != nil {
			return err
		}
		m, err := d.fit(func(*fallCase) bool { return true })
		if err != nil {
			return err
		}
		b, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("eval: writing a model of falls: %w", err)
		}
		b = bytes.ReplaceAll(b, []byte("],["), []byte("],\n["))         // a tree a line
		b = bytes.ReplaceAll(b, []byte(`{"in":`), []byte("\n{\"in\":")) // and a layer
		b = append(b, '\n')
		name := filepath.Join(dir, "fall-"+string(p.place)+".json")
		if err := os.WriteFile(name, b, 0o644); err != nil {
			return fmt.Errorf("eval: writing a model of falls: %w", err)
		}
		fmt.Fprintf(progress, "%s: %d recordings, %d impacts, %d bytes\n", name, len(d.trials), len(d.cases), len(b))
	}
	return nil
}
