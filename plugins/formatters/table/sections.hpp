#pragma once
#include "page.hpp"

void write_head(Page& page, const ms::Node& report);
void write_model(Page& page, std::string_view id, const ms::Node& model);
void write_pairs(Page& page, const ms::Node& pairs);
void write_gaps(Page& page, const ms::Node& gaps, std::string_view verdict);
void write_plan(Page& page, const ms::Node& plan);
