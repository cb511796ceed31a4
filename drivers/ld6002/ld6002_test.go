package ld6002_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"osmanthus/drivers/internal/vectors"
	"osmanthus/drivers/ld6002"
	"osmanthus/drivers/mr60bha2"
	"osmanthus/drivers/mr60fda2"
	"osmanthus/drivers/tinyframe"
)

// TestA7_Vectors reads the frames of the whole family.
func TestA7_Vectors(t *testing.T) {
	models := map[string]tinyframe.Model{"ld6002-tinyframe": ld6002.LD6002, "mr60bha2": mr60bha2.Model, "mr60fda2": mr60fda2.Model}
	passed, all := map[string]int{}, map[string]int{}
	for _, v := range vectors.From(t, "radar.json") {
		m, ok := models[v.Device]
		if !ok {
			continue
		}
		all[v.Device]++
		var want map[string]any
		if err := json.Unmarshal(v.Expected, &want); err != nil {
			t.Fatal(err)
		}
		b, _ := hex.DecodeString(v.InputHex)
		p, frames := tinyframe.NewPort(nil), []any{}
		p.Push(b, func(f tinyframe.Frame) {
			fields, err := m.Read(f)
			if err != nil {
				t.Error(v.Name, err)
			}
			frames = append(frames, vectors.JSON(fields))
		})
		var err error
		switch {
		case want["frames"] != nil:
			if len(frames) != 0 || p.Bad() == 0 {
				err = fmt.Errorf("%v, %d with a wrong check", frames, p.Bad())
			}
		case len(frames) != 1:
			err = fmt.Errorf("%d frames", len(frames))
		default:
			err = vectors.Same(want, frames[0])
		}
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		passed[v.Device]++
	}
	for device := range models {
		t.Logf("%s %d/%d", device, passed[device], all[device])
	}
}

func ExampleLD6002C() {
	frame, _ := hex.DecodeString("01000000010e02f301fe")
	tinyframe.NewPort(nil).Push(frame, func(f tinyframe.Frame) {
		fmt.Println(ld6002.LD6002C.Measures(f, nil))
	})
	// Output: [{fall_detected 1 1}]
}

// A list that announces more than there is, and one that would be huge.
func TestListsThatLie(t *testing.T) {
	for _, data := range [][]byte{{2, 0, 0, 0, 1, 2, 3, 4}, {0xFF, 0xFF, 0xFF, 0xFF}, {1}} {
		if _, err := mr60bha2.Model.Read(tinyframe.Frame{Type: 0x0A04, Data: data}); err == nil {
			t.Errorf("% x was taken", data)
		}
	}
}
