// Vital signs: usual, unusual and impossible are three things.
import { describe, expect, it } from 'vitest';
import { VITAL_SIGNS, judgeVitalSign, usualText } from './vital-signs.ts';

const sign = (key: string) => VITAL_SIGNS.find((known) => known.key === key)!;

describe('a vital sign', () => {
  it('is flagged outside its usual range and kept', () => {
    expect(judgeVitalSign(sign('systolicMmHg'), '150')).toEqual({ value: 150, flag: 'high', error: undefined });
    expect(judgeVitalSign(sign('oxygenSaturationPercent'), '91')).toMatchObject({ value: 91, flag: 'low' });
    expect(judgeVitalSign(sign('systolicMmHg'), '140')).toMatchObject({ flag: null });
  });

  it('is refused where it is impossible or no number, and the error names the unit', () => {
    expect(judgeVitalSign(sign('temperatureC'), '370')).toMatchObject({ value: null, error: 'Not possible: enter 20 to 45 °C.' });
    expect(judgeVitalSign(sign('weightKg'), 'heavy')).toMatchObject({ value: null, error: 'Enter a number in kg.' });
    expect(judgeVitalSign(sign('weightKg'), '-3').error).toBeDefined();
  });

  it('may be typed with a comma and may be left empty', () => {
    expect(judgeVitalSign(sign('temperatureC'), ' 36,6 ')).toMatchObject({ value: 36.6, flag: null });
    expect(judgeVitalSign(sign('heightCm'), '')).toEqual({ value: null, flag: null, error: undefined });
  });

  it('shows its range and unit beside the field', () => {
    expect(usualText(sign('heartRatePerMin'))).toBe('usual 60–100 /min');
    expect(usualText(sign('heightCm'))).toBe('in cm');
  });
});
