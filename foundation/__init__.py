"""What every room stands on: settings, limits, errors, the one XML parser, archives."""
