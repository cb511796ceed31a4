package wire

import (
	"fmt"
	"slices"
)

// Receipt is what the cloud says it has: the watermarks of telemetry that is
// durably written (or stands in quarantine), and the alerts that are on record.
// It may come twice, or be lost: the next one says the same and more.
type Receipt struct {
	Watermarks []Watermark
	Alerts     []AlertReceipt
}

// Watermark covers the telemetry of one boot: everything from 1 to Top is
// written but for the Holes, which the gateway is asked to send again.
type Watermark struct {
	Boot  uint64
	Top   uint64
	Holes []Range // ascending, apart from each other, none beyond Top
}

// AlertReceipt says that one alert is on record in the cloud.
type AlertReceipt struct{ Boot, Seq uint64 }

// Covers reports whether batch seq is written.
func (w Watermark) Covers(seq uint64) bool {
	if seq == 0 || seq > w.Top {
		return false
	}
	i, _ := slices.BinarySearchFunc(w.Holes, seq, func(r Range, s uint64) int {
		if r.To < s {
			return -1
		}
		return 1
	})
	return i == len(w.Holes) || seq < w.Holes[i].From
}

type receiptBody struct {
	header
	Watermarks []watermarkBody `cbor:"2,keyasint,omitempty"`
	Alerts     [][2]uint64     `cbor:"3,keyasint,omitempty"`
}

type watermarkBody struct {
	Boot  uint64      `cbor:"1,keyasint"`
	Top   uint64      `cbor:"2,keyasint"`
	Holes [][2]uint64 `cbor:"3,keyasint,omitempty"`
}

const (
	maxBoots         = 256
	maxAlertReceipts = 1024
)

// EncodeReceipt writes a receipt. A watermark with more than 256 holes is cut
// at the 257th: what it then covers is less, and true.
func EncodeReceipt(r Receipt) ([]byte, error) {
	body := receiptBody{header: header{Version: Version}}
	for _, w := range r.Watermarks {
		if len(w.Holes) > maxRanges {
			w.Top, w.Holes = w.Holes[maxRanges].From-1, w.Holes[:maxRanges]
		}
		wb := watermarkBody{Boot: w.Boot, Top: w.Top}
		for _, h := range w.Holes {
			wb.Holes = append(wb.Holes, [2]uint64{h.From, h.To})
		}
		body.Watermarks = append(body.Watermarks, wb)
	}
	for _, a := range r.Alerts {
		body.Alerts = append(body.Alerts, [2]uint64{a.Boot, a.Seq})
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	b, err := encMode.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("wire: encoding a receipt: %w", err)
	}
	return b, nil
}

// DecodeReceipt reads a receipt.
func DecodeReceipt(b []byte) (Receipt, error) {
	var body receiptBody
	if err := decode("receipt", b, &body); err != nil {
		return Receipt{}, err
	}
	if err := body.check(); err != nil {
		return Receipt{}, err
	}
	var r Receipt
	for _, wb := range body.Watermarks {
		w := Watermark{Boot: wb.Boot, Top: wb.Top}
		for _, h := range wb.Holes {
			w.Holes = append(w.Holes, Range{From: h[0], To: h[1]})
		}
		r.Watermarks = append(r.Watermarks, w)
	}
	for _, a := range body.Alerts {
		r.Alerts = append(r.Alerts, AlertReceipt{Boot: a[0], Seq: a[1]})
	}
	return r, nil
}

func (body *receiptBody) check() error {
	const what = "receipt"
	if len(body.Watermarks) > maxBoots || len(body.Alerts) > maxAlertReceipts {
		return malformed(what, "%d watermarks, %d alerts", len(body.Watermarks), len(body.Alerts))
	}
	for _, w := range body.Watermarks {
		if w.Boot == 0 || len(w.Holes) > maxRanges {
			return malformed(what, "a watermark without boot, or with %d holes", len(w.Holes))
		}
		last := uint64(0)
		for _, h := range w.Holes {
			if h[0] <= last || h[1] < h[0] || h[1] > w.Top {
				return malformed(what, "hole %d to %d of boot %d below %d", h[0], h[1], w.Boot, w.Top)
			}
			last = h[1]
		}
	}
	for _, a := range body.Alerts {
		if a[0] == 0 || a[1] == 0 {
			return malformed(what, "an alert without boot or number")
		}
	}
	return nil
}
