"""Outside standards, pure: GS1 keys, EPCIS 2.0, UN/ECE units."""
