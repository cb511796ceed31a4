// Package local calls people without any network: it shows what is open on
// lamps and sounds it on sirens, until somebody has answered.
//
// The signals follow the priorities of IEC 60601-1-8 (designed with reference
// to; the timing is in pattern.go). What rings and what ends it is the state
// machine in episode.go.
package local
