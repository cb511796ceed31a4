package wire

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"osmanthus/care"
)

const (
	// sendSnippet bounds the packed samples of an alert that is written, so that
	// the whole stays below 2 KiB: it has to pass a poor line at once.
	sendSnippet        = 1700  // bytes
	maxSnippet         = 8192  // bytes that are read
	maxSnippetSamples  = 16384 // of all channels together
	maxSnippetChannels = 64
)

// snippetBody is a care.Snippet. The counts are differences within a channel,
// as zigzag varints, channel after channel, deflated (RFC 1951).
type snippetBody struct {
	Kind     uint64        `cbor:"1,keyasint,omitempty"`
	Metric   uint64        `cbor:"2,keyasint,omitempty"`
	Start    int64         `cbor:"3,keyasint"`
	Rate     float64       `cbor:"4,keyasint,omitempty"`
	Offsets  []uint32      `cbor:"5,keyasint,omitempty"`
	Channels []channelBody `cbor:"6,keyasint"`
	Samples  uint64        `cbor:"7,keyasint"`
	Packed   []byte        `cbor:"8,keyasint"`
}

type channelBody struct {
	Zero  float64 `cbor:"1,keyasint,omitempty"`
	Scale float64 `cbor:"2,keyasint"`
}

// newSnippetBody packs a snippet, in steps as coarse as it takes to be small
// enough.
func newSnippetBody(s *care.Snippet) (*snippetBody, error) {
	if s == nil {
		return nil, nil
	}
	body := &snippetBody{Kind: uint64(s.Kind), Metric: uint64(s.Metric), Start: millis(s.Start), Rate: s.Rate,
		Offsets: s.Offsets, Samples: uint64(s.Len())}
	for coarser := uint(0); coarser < 16; coarser++ {
		var err error
		if body.Packed, err = packCounts(s.Channels, coarser); err != nil {
			return nil, err
		}
		if len(body.Packed) > sendSnippet {
			continue
		}
		for _, c := range s.Channels {
			if len(c.Counts) != s.Len() {
				return nil, malformed("alert", "a snippet with channels of %d and %d samples", s.Len(), len(c.Counts))
			}
			body.Channels = append(body.Channels, channelBody{c.Zero, c.Scale * float64(int(1)<<coarser)})
		}
		return body, body.check()
	}
	return nil, malformed("alert", "a snippet of %d samples of %d channels", s.Len(), len(s.Channels))
}

// packCounts packs counts that are coarser by some bits.
func packCounts(channels []care.SnippetChannel, coarser uint) ([]byte, error) {
	var plain []byte
	for _, c := range channels {
		before := int64(0)
		for _, n := range c.Counts {
			v := int64(n)
			if n != care.SnippetHole && coarser > 0 {
				v = (v + int64(1)<<(coarser-1)) >> coarser
			}
			plain = binary.AppendVarint(plain, v-before)
			before = v
		}
	}
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("wire: packing a snippet: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("wire: packing a snippet: %w", err)
	}
	return out.Bytes(), nil
}

// snippet unpacks what check has found good. It inflates no more than the
// samples can take.
func (body *snippetBody) snippet() (*care.Snippet, error) {
	const what = "alert"
	if body == nil {
		return nil, nil
	}
	s := &care.Snippet{Kind: care.BlockKind(body.Kind), Metric: care.Metric(body.Metric), Start: fromMillis(body.Start),
		Rate: body.Rate, Offsets: body.Offsets}
	most := int64(body.Samples) * int64(len(body.Channels)) * binary.MaxVarintLen32
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body.Packed)), most+1))
	if err != nil || int64(len(plain)) > most {
		return nil, malformed(what, "the snippet's samples cannot be inflated")
	}
	for _, c := range body.Channels {
		counts := make([]int16, body.Samples)
		v := int64(0)
		for i := range counts {
			d, n := binary.Varint(plain)
			if v += d; n <= 0 || d < -math.MaxUint16 || d > math.MaxUint16 || v < math.MinInt16 || v > math.MaxInt16 {
				return nil, malformed(what, "the snippet's sample %d is no number of 16 bits", i)
			}
			counts[i], plain = int16(v), plain[n:]
		}
		s.Channels = append(s.Channels, care.SnippetChannel{Zero: c.Zero, Scale: c.Scale, Counts: counts})
	}
	if len(plain) > 0 {
		return nil, malformed(what, "the snippet has %d bytes of samples too many", len(plain))
	}
	return s, nil
}

func (body *snippetBody) check() error {
	const what = "alert"
	if body == nil {
		return nil
	}
	switch {
	case body.Kind > 255 || body.Metric > 65535:
		return malformed(what, "a snippet of kind %d, metric %d", body.Kind, body.Metric)
	case len(body.Channels) == 0 || len(body.Channels) > maxSnippetChannels, body.Samples == 0,
		body.Samples*uint64(len(body.Channels)) > maxSnippetSamples || body.Samples > maxSnippetSamples:
		return malformed(what, "a snippet of %d samples of %d channels", body.Samples, len(body.Channels))
	case len(body.Packed) > maxSnippet:
		return malformed(what, "a snippet of %d bytes, at most %d are read", len(body.Packed), maxSnippet)
	case !(body.Rate >= 0 && finite(body.Rate)), body.Rate == 0 && len(body.Offsets) == 0,
		len(body.Offsets) > 0 && uint64(len(body.Offsets)) != body.Samples:
		return malformed(what, "a snippet of %d samples, %v a second, with %d times", body.Samples, body.Rate, len(body.Offsets))
	}
	for _, c := range body.Channels {
		if !finite(c.Zero) || !(c.Scale > 0) || !finite(c.Scale*math.MaxUint16) {
			return malformed(what, "a snippet in steps of %v from %v", c.Scale, c.Zero)
		}
	}
	return checkTime(what, "start of the snippet", body.Start)
}
