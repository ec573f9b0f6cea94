"""Train, judge and use neural networks that name the musical instrument in a recording."""
