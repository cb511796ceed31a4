package wire

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"sync"
)

// packFrom is the size in bytes from which columns are worth packing: a batch
// of a second repeats the names and the shape of its series, and deflating
// takes away more than half of that.
const packFrom = 128

// deflaters are kept, since each holds half a megabyte.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	return must(w, err)
}}

// pack moves the columns of body into Packed.
func (body *telemetryBody) pack() error {
	plain, err := encMode.Marshal(body.columns)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	body.columns, body.Packed = columns{}, out.Bytes()
	return nil
}

// unpack moves what is packed back into the columns. It inflates no more than
// a message may hold.
func (body *telemetryBody) unpack() error {
	const what = "telemetry"
	if body.Packed == nil {
		return nil
	}
	if body.Base != 0 || body.Residents != nil || body.Sources != nil || body.Series != nil {
		return malformed(what, "columns stand both packed and plain")
	}
	r := flate.NewReader(bytes.NewReader(body.Packed))
	plain, err := io.ReadAll(io.LimitReader(r, MaxMessage+1))
	if err == nil && len(plain) > MaxMessage {
		err = fmt.Errorf("more than %d bytes", MaxMessage)
	}
	if err == nil {
		err = decMode.Unmarshal(plain, &body.columns)
	}
	if err != nil {
		return malformed(what, "packed columns: %v", err)
	}
	return nil
}
