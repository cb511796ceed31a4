// Package detect turns the readings and waveform blocks of one home into
// alerts, and waveforms into readings.
//
// The Engine is a value without clock, goroutine or I/O: every time is an
// argument, so the same trace gives the same alerts, byte for byte, live, with
// or without a network, and in a replay. It does not allocate per sample, and
// is used by one goroutine.
//
// What raises what, and with which priority, is the table in README.md, which
// lists the notes beside the code, one for each detector.
package detect
