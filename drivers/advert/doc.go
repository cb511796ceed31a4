// Package advert decodes what Bluetooth Low Energy devices advertise: buttons,
// door contacts, thermometers, tags and beacons that are heard without a
// connection.
//
// A format is a row of the table in formats.go and, as far as it goes, a
// description: a new device is a description, not a parser. What is not known is
// reported as unknown, never guessed.
package advert
