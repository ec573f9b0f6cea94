"""Train, evaluate and use neural networks that recognise the musical instrument in a recording."""
