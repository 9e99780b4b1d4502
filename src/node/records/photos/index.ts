// records/photos/: what a chosen file is, and its bytes without what a photo tells beside the picture (place, time, device, faces). Its door.
export { type FilePiece, type FilePlan, type WantedBytes, planFile } from './plan.ts';
