package ether

// Commands and events (Bluetooth Core, volume 4, part E, section 7).
const (
	disconnect        = 0x0406
	readRemoteVersion = 0x041D
	reset             = 0x0C03
	readVersion       = 0x1001
	readCommands      = 0x1002
	readFeatures      = 0x1003
	readBufferSize    = 0x1005
	readAddress       = 0x1009

	leReadBufferSize     = 0x2002
	leReadFeatures       = 0x2003
	leReadAdvertPower    = 0x2007
	leSetScanParameters  = 0x200B
	leSetScanEnable      = 0x200C
	leCreateConnection   = 0x200D
	leCancelConnection   = 0x200E
	leReadAcceptListSize = 0x200F
	leUpdateConnection   = 0x2013
	leReadRemoteFeatures = 0x2016
	leRandom             = 0x2018
	leReadStates         = 0x201C

	disconnectionComplete = 0x05
	remoteVersionComplete = 0x0C
	commandComplete       = 0x0E
	commandStatus         = 0x0F
	completedPackets      = 0x13
	leMeta                = 0x3E

	leConnectionComplete     = 0x01
	leAdvertisingReport      = 0x02
	leUpdateComplete         = 0x03
	leRemoteFeaturesComplete = 0x04
)

// command obeys one command. What is not listed succeeds and does nothing.
func (c *Controller) command(code uint16, p []byte) {
	handle := func() (uint16, byte, byte) { return uint16(p[0]) | uint16(p[1])<<8, p[0], p[1] }
	switch code {
	case reset:
		c.resets++
		c.scanning, c.wanted = false, nil
		for _, l := range c.links {
			delete(c.links, l.handle)
			l.drop()
		}
		c.complete(code)
	case readVersion:
		c.complete(code, versionFourDotTwo, 0, 0, versionFourDotTwo, 0xFF, 0xFF, 0, 0)
	case readCommands:
		c.complete(code, make([]byte, 64)...)
	case readFeatures:
		c.complete(code, 0, 0, 0, 0, noBREDRAndLE, 0, 0, 0)
	case readBufferSize:
		c.complete(code, dataLength, 0, 0, dataPackets, 0, 0, 0)
	case readAddress:
		c.complete(code, c.address.wire()...)
	case leReadBufferSize:
		c.complete(code, dataLength, 0, dataPackets)
	case leReadFeatures, leRandom:
		c.complete(code, make([]byte, 8)...)
	case leReadStates:
		c.complete(code, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0, 0)
	case leReadAdvertPower, leReadAcceptListSize:
		c.complete(code, 0)
	case leSetScanParameters:
		c.active = p[0] == 1
		c.complete(code)
	case leSetScanEnable:
		if c.scanning = p[0] == 1; c.scanning {
			c.scans++
		}
		c.complete(code)
	case leCreateConnection:
		c.status(code)
		c.wanted = append([]byte(nil), p[6:12]...)
	case leCancelConnection:
		c.complete(code)
		if address := c.wanted; address != nil {
			c.wanted = nil
			c.connected(unknownConnection, 0, address)
		}
	case disconnect:
		c.status(code)
		h, _, _ := handle()
		if l := c.links[h]; l != nil {
			c.ended(l, localHostEnded)
		}
	case readRemoteVersion:
		c.status(code)
		_, low, high := handle()
		c.event(remoteVersionComplete, success, low, high, versionFourDotTwo, 0xFF, 0xFF, 0, 0)
	case leReadRemoteFeatures:
		c.status(code)
		_, low, high := handle()
		c.event(leMeta, leRemoteFeaturesComplete, success, low, high, 0, 0, 0, 0, 0, 0, 0, 0)
	case leUpdateConnection:
		c.status(code)
		_, low, high := handle()
		c.event(leMeta, leUpdateComplete, success, low, high, p[4], p[5], p[8], p[9], p[10], p[11])
	default:
		c.complete(code)
	}
}

// complete says that a command has succeeded, with what it returns.
func (c *Controller) complete(code uint16, returned ...byte) {
	c.event(commandComplete, append([]byte{1, byte(code), byte(code >> 8), success}, returned...)...)
}

// status says that a command has begun.
func (c *Controller) status(code uint16) {
	c.event(commandStatus, success, 1, byte(code), byte(code>>8))
}

func (c *Controller) event(code byte, parameters ...byte) {
	c.write(append([]byte{packetEvent, code, byte(len(parameters))}, parameters...))
}

// report says what was heard.
func (c *Controller) report(kind byte, d *Device, payload []byte) {
	p := append([]byte{leAdvertisingReport, 1, kind, publicAddress}, d.Address.wire()...)
	p = append(append(p, byte(len(payload))), payload...)
	c.event(leMeta, append(p, byte(d.strength(c)))...)
}

// connected says how a connection attempt has ended: as central, at 30 ms, and
// lost after 5 s of silence.
func (c *Controller) connected(status byte, handle uint16, address []byte) {
	p := append([]byte{leConnectionComplete, status, byte(handle), byte(handle >> 8), 0, publicAddress}, address...)
	c.event(leMeta, append(p, 24, 0, 0, 0, 0xF4, 0x01, 0)...)
}
