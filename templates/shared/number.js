// All that Moodle takes is one number: .05, 5e-2, 0.050, 5*10^-2, 5 x 10**-2; so is 10^-2 alone.
function number(text) {
  var plain = text.replace(/\s/g, '').replace(/[\u2212\u2013]/g, '-')
    .replace(/[*x\u00d7\u00b7]10(?:\^|\*\*)\(?([-+]?\d+)\)?$/i, 'e$1')
    .replace(/^([-+]?)10(?:\^|\*\*)\(?([-+]?\d+)\)?$/, '$11e$2');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}
