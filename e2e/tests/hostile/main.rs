//! Texts made to do harm, in every place where a text of somebody else is shown, on the real programs' real terminals: they do
//! nothing but look odd.

mod agents;
mod customers;
mod desk;
mod lines;
