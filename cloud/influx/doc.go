// Package influx keeps readings in InfluxDB, 1.8 or 2, and reads them back.
//
// There is one measurement, "reading". Its tags are bounded by what is
// installed: site, gateway, resident, source and metric, pseudonyms all. Its
// fields are value (in the metric's unit), quality (0 to 100) and flags
// (care.Flags); a value outside of the metric's plausible range stands in the
// field implausible instead of value, and a partial score in the field partial,
// so that they are kept and no mean or chart takes them in. Time is in
// milliseconds. A reading that is written twice is one
// point: the second overwrites the first with the same.
package influx
