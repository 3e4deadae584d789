#pragma once
#include "text.hpp"

std::string models_section(const ms::Node& models);
std::string pairs_section(const ms::Node& pairs);
std::string plan_section(const ms::Node& plan);
