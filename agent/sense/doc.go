// Package sense runs drivers on a rhythm and turns what they bring into blocks
// and readings with true times.
//
// Every sensor has a goroutine and every bus has one, which alone touches the
// wires: a transaction that hangs is left behind after Deadline, together with
// its file, and the bus is opened again. So a dead bus never slows its
// neighbours, and a dead sensor costs its siblings on the same bus next to
// nothing. What is learned about a sensor is a reading itself (sensor_state),
// so that everything that detection may know passes through one stream.
package sense
