"""A site or product line moves to another part of the organisation: its effect, the move, and what still names the old place."""
