"""Can a rule ever hold, and can it ever fail? Answered from its operators alone, for every customer there could be."""
