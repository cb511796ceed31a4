// Package gatt decodes the values of the health characteristics of the
// Bluetooth SIG, as bands, cuffs, scales, thermometers and meters send them.
//
// Layouts: the specifications of the services and the GATT Specification
// Supplement; numbers: IEEE 11073-20601. All values are little-endian. A value
// that is truncated, too long or out of its ranges is malformed: an error, never
// a guess.
package gatt
