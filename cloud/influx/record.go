package influx

import (
	"math"
	"strconv"
	"strings"

	"osmanthus/care"
)

const measurement = "reading"

// Names of the fields.
const (
	fieldValue       = "value"
	fieldImplausible = "implausible"
	fieldPartial     = "partial"
	fieldQuality     = "quality"
	fieldFlags       = "flags"
)

// Append encodes readings as line protocol, a line each. Tags stand in the
// order in which InfluxDB sorts them, which saves it the sorting.
func (s *Store) Append(dst []byte, site care.SiteID, gateway care.GatewayID, rs []care.Reading) []byte {
	var last care.Reading
	var head []byte // measurement and tags of the series that is being written
	for i := range rs {
		r := &rs[i]
		if head == nil || r.Resident != last.Resident || r.Source != last.Source || r.Metric != last.Metric {
			last = *r
			head = appendHead(head[:0], site, gateway, r)
		}
		dst = append(dst, head...)
		dst = appendFields(dst, r)
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, r.At.UnixMilli(), 10)
		dst = append(dst, '\n')
	}
	return dst
}

func appendHead(dst []byte, site care.SiteID, gateway care.GatewayID, r *care.Reading) []byte {
	dst = append(dst, measurement...)
	dst = appendTag(dst, ",gateway=", string(gateway))
	dst = appendTag(dst, ",metric=", r.Metric.String())
	dst = appendTag(dst, ",resident=", string(r.Resident))
	dst = appendTag(dst, ",site=", string(site))
	dst = appendTag(dst, ",source=", string(r.Source))
	return append(dst, ' ')
}

// appendTag leaves an empty tag out, as line protocol demands.
func appendTag(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, name...)
	if !strings.ContainsAny(value, ", =\\\n\r") {
		return append(dst, value...)
	}
	// Ids of the wire hold none of these; a record must stay one record even
	// for an id that came by another way.
	for _, c := range []byte(value) {
		switch c {
		case ',', ' ', '=':
			dst = append(dst, '\\', c)
		case '\\', '\n', '\r':
			dst = append(dst, '_')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendFields(dst []byte, r *care.Reading) []byte {
	if !math.IsNaN(r.Value) && !math.IsInf(r.Value, 0) {
		name := fieldValue
		switch {
		case r.Flags&care.OutOfRange != 0:
			name = fieldImplausible
		case r.Flags&care.Partial != 0:
			name = fieldPartial
		}
		dst = append(dst, name...)
		dst = append(dst, '=')
		dst = strconv.AppendFloat(dst, r.Value, 'f', -1, 64)
		dst = append(dst, ',')
	}
	dst = append(dst, fieldQuality+"="...)
	dst = strconv.AppendUint(dst, uint64(r.Quality), 10)
	dst = append(dst, "i,"+fieldFlags+"="...)
	dst = strconv.AppendUint(dst, uint64(r.Flags), 10)
	return append(dst, 'i')
}
