package wire

import (
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"osmanthus/care"
)

// explained is an alert of a fall with all of its evidence: 15 s of
// acceleration whose noise is as large as said, in g.
func explained(noise float64) Alert {
	a := exampleAlert()
	s := &care.Snippet{Kind: care.IMU, Start: at.Add(-5 * time.Second), Rate: 25}
	seed := uint64(1)
	for k := range 3 {
		var values []float64
		for i := range 375 {
			seed = seed*6364136223846793005 + 1442695040888963407
			v := noise * (float64(seed>>40)/(1<<23) - 1)
			if i == 125 {
				v += 6
			}
			values = append(values, v+float64(k)/2)
		}
		values[7] = math.NaN()
		s.Channels = append(s.Channels, care.Quantise(values, 1.0/64))
	}
	a.Alert.Evidence.Hash = "0123456789abcdef"
	a.Alert.Evidence.Limits = []care.Feature{{Name: "quiet", Value: 3, Unit: "s"}}
	a.Alert.Evidence.Snippet = s
	return a
}

func TestD10_TheEvidenceOfAFallCrossesWithinTwoKilobytes(t *testing.T) {
	for _, noise := range []float64{0.01, 0.3, 16} {
		want := explained(noise)
		b, err := EncodeAlert(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 2<<10 {
			t.Errorf("noise of %v g: %d bytes", noise, len(b))
		}
		got, err := DecodeAlert(b)
		if err != nil {
			t.Fatal(err)
		}
		s := got.Alert.Evidence.Snippet
		for k, c := range want.Alert.Evidence.Snippet.Channels {
			for i := range c.Counts {
				d := math.Abs(c.Value(i) - s.Channels[k].Value(i))
				if math.IsNaN(c.Value(i)) != math.IsNaN(s.Channels[k].Value(i)) || d > s.Channels[k].Scale {
					t.Fatalf("noise of %v g: sample %d arrived as %v, was %v", noise, i, s.Channels[k].Value(i), c.Value(i))
				}
			}
		}
		if noise < 1 && cmp.Diff(want, got) != "" {
			t.Errorf("noise of %v g: it arrived otherwise:\n%s", noise, cmp.Diff(want, got))
		}
	}
}

func TestG1_TheEvidenceOfThenDecodesForEver(t *testing.T) {
	b := kept(t, "evidence.golden", func() ([]byte, error) { return EncodeAlert(explained(0.05)) })
	got, err := DecodeAlert(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(explained(0.05), got); d != "" {
		t.Errorf("the golden bytes no longer mean the same (-then +now):\n%s", d)
	}
}

func TestG1_AnAlertFromBeforeSnippetsDecodes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "alert.golden"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	b, err := hex.DecodeString(line)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeAlert(b)
	if err != nil || got.Alert.Evidence.Snippet != nil || got.Alert.Evidence.Hash != "" {
		t.Errorf("%+v, %v", got.Alert.Evidence, err)
	}
}

func TestSnippetsThatAreNoneAreRefused(t *testing.T) {
	good := func() *alertBody {
		a := exampleAlert()
		packed, err := packCounts([]care.SnippetChannel{{Counts: []int16{1, 2, 3}}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return &alertBody{header: header{Version, 1}, Seq: 1, Episode: a.Alert.Episode[:], Kind: 1, State: 1, Priority: 1,
			Evidence: &evidenceBody{Snippet: &snippetBody{Kind: 1, Rate: 25, Samples: 3, Packed: packed, Channels: []channelBody{{Scale: 1}}}}}
	}
	for name, spoil := range map[string]func(*snippetBody){
		"":                      func(*snippetBody) {},
		"no rate":               func(s *snippetBody) { s.Rate = 0 },
		"a rate that is none":   func(s *snippetBody) { s.Rate = math.NaN() },
		"too few times":         func(s *snippetBody) { s.Offsets = []uint32{1, 2} },
		"no channels":           func(s *snippetBody) { s.Channels = nil },
		"more channels":         func(s *snippetBody) { s.Channels = append(s.Channels, s.Channels[0]) },
		"too many channels":     func(s *snippetBody) { s.Channels = make([]channelBody, 65) },
		"no steps":              func(s *snippetBody) { s.Channels[0].Scale = 0 },
		"steps that are none":   func(s *snippetBody) { s.Channels[0].Scale = math.Inf(1) },
		"more samples":          func(s *snippetBody) { s.Samples = 4 },
		"fewer samples":         func(s *snippetBody) { s.Samples = 2 },
		"far too many samples":  func(s *snippetBody) { s.Samples = 1 << 62 },
		"samples that are none": func(s *snippetBody) { s.Packed = []byte{1, 2, 3} },
		"too many bytes":        func(s *snippetBody) { s.Packed = make([]byte, maxSnippet+1) },
		"a time of no year":     func(s *snippetBody) { s.Start = math.MaxInt64 },
	} {
		body := good()
		spoil(body.Evidence.Snippet)
		b, err := encMode.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeAlert(b); (name == "") != (err == nil) || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
