"""Ideas for instruments of unheard sources that ``train`` has no setting for."""
