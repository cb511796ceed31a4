package replay

import (
	"encoding/binary"
	"time"
)

// wallYears is for how long after its start the changes of the clocks of a
// recording are known: longer than sane lets one be.
const wallYears = 4

// wallOf returns a zone in which a recording that begins at epoch shows what the
// clock on the wall showed from start on, with the changes of the clocks of
// start's own zone. Go makes zones of TZif data only (RFC 8536).
func wallOf(start time.Time) (*time.Location, error) {
	h, m, s := start.Clock()
	_, was := start.Zone()
	wall := h*3600 + m*60 + s - was // what is added to an offset from UTC
	var times, types, infos []byte
	for at, n := start, byte(0); at.Before(start.AddDate(wallYears, 0, 0)); n++ {
		from := epoch.Add(at.Sub(start))
		if n == 0 {
			from = epoch.AddDate(-wallYears, 0, 0)
		}
		_, offset := at.Zone()
		times = binary.BigEndian.AppendUint32(times, uint32(from.Unix()))
		types = append(types, n)
		infos = append(binary.BigEndian.AppendUint32(infos, uint32(int32(wall+offset))), 0, 0)
		if _, at = at.ZoneBounds(); at.IsZero() { // it never changes
			break
		}
	}
	data := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []int{0, 0, 0, len(types), len(types), len("wall") + 1} {
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	for _, part := range [][]byte{times, types, infos, []byte("wall\x00")} {
		data = append(data, part...)
	}
	return time.LoadLocationFromTZData("wall", data)
}
