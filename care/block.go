package care

import "time"

// BlockKind says what waveform a block holds, and thereby its channels.
type BlockKind uint8

const (
	// IMU: acceleration x, y, z in g, then, where there is a gyroscope, angular
	// rate x, y, z in degrees per second.
	IMU BlockKind = iota + 1
	// PPG: red, infrared, in counts of the converter.
	PPG
	// BedLoad: one channel, what lies on a bed as its sensor measures it: volts of
	// a pad, or kilograms on load cells.
	BedLoad
	// Breathing: one channel that breathing moves, in any unit: a belt, a bed
	// sensor, a radar.
	Breathing
	// BedMatrix: the force-sensing cells under a mattress, row by row, in
	// counts of the converter.
	BedMatrix
	// Thermal: the pixels of a thermopile array, row by row, in degrees
	// Celsius.
	Thermal
)

var blockNames = [...]string{
	IMU: "imu", PPG: "ppg", BedLoad: "bed_load", Breathing: "breathing", BedMatrix: "bed_matrix", Thermal: "thermal",
}

// String returns the kind's name, as in "bed_load".
func (k BlockKind) String() string {
	if int(k) < len(blockNames) && blockNames[k] != "" {
		return blockNames[k]
	}
	return unknown("block", uint64(k))
}

// Block is a stretch of evenly spaced samples of one source. Blocks of one
// source follow each other; where samples were lost between two, the later
// says so.
type Block struct {
	Resident ResidentID
	Source   SourceID
	Kind     BlockKind
	Start    time.Time   // time of the first sample
	Rate     float64     // samples a second
	Gap      bool        // samples were lost right before this block
	Channels [][]float64 // all of the same length; who receives a block must not keep it
}

// Len returns the number of samples of each channel.
func (b *Block) Len() int {
	if len(b.Channels) == 0 {
		return 0
	}
	return len(b.Channels[0])
}

// At returns the time of sample i.
func (b *Block) At(i int) time.Time {
	return b.Start.Add(time.Duration(float64(i) / b.Rate * float64(time.Second)))
}
